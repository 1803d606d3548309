namespace Tppo.Facts.Artifacts;

/// <summary>A checkpoint that a store holds.</summary>
/// <param name="Name">Its name: SHA-256 of its <c>files.sha256</c>.</param>
/// <param name="Weights">SHA-256 of its <c>model.safetensors</c>.</param>
public sealed record StoredCheckpoint(string Name, string Weights);
