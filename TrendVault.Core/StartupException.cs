namespace TrendVault.Core;

/// <summary>Why TrendVault cannot start, in one sentence that says what to change. Printed as it is, without a stack trace.</summary>
internal sealed class StartupException(string message) : Exception(message);
