namespace Tppo.Facts.Cuts;

/// <summary>The log no longer holds what a cut named. A trainer halts on it.</summary>
/// <param name="message">Which cut, which record.</param>
public sealed class CutMismatchException(string message) : Exception(message);
