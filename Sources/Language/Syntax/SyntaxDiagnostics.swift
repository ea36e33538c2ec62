extension DiagnosticCode {
  /// The mistakes of lexis, P00xx, and of grammar, P01xx.
  public static let syntaxCodes: [DiagnosticCode] = lexisCodes + grammarCodes

  private static let lexisCodes: [DiagnosticCode] = [
    fileTooLarge, tooManyTokens, notUTF8, controlCharacter, unexpectedCharacter, textNotClosed, textTooLong,
    unknownEscape, identifierTooLong, numberTooLarge, decimalWithoutUnit, numberRunsIntoWord, tooManyDecimals,
    loneDollar, otherCurrency, impossibleTime, foreignOperator, commaInMoney, foreignQuotes, foreignComment,
  ]

  private static let grammarCodes: [DiagnosticCode] = [
    unknownDeclaration, declarationIndented, lineNotIndented, nameExpected, textExpected, integerExpected,
    expressionExpected, missingWord, ruleNameMissing, whenMissing, codeMissing, colonExpected, typeExpected,
    unexpectedWord, clauseTwice, comparisonChain, bracketNotClosed, tooDeep, tooManyRows, roundingDirection,
    rateNotExact, unknownUnit, foreignWord, choiceIncomplete, scopeExpected, effectMissing, measureExpected,
    scenarioInRules, reservedName, dashInName, changeExpected, timeExpected, rowsExpected, missingComma, notInRange,
  ]
}
