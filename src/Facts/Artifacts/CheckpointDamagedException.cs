namespace Tppo.Facts.Artifacts;

/// <summary>A checkpoint is not there, or not what it was; the message names the file.</summary>
/// <param name="message">Which file, what was expected, what was found.</param>
public sealed class CheckpointDamagedException(string message) : Exception(message);
