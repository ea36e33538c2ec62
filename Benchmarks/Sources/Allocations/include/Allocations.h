#pragma once
#include <stdint.h>

/// How often this thread asked for memory so far; 0 for ever where calls cannot be counted.
uint64_t payg_allocations(void);
