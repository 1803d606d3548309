using System.Text.Json;

namespace Tppo.Core.Models;

/// <summary>
/// Where a checkpoint comes from: <c>training/lineage.json</c>. Cuts are named by the SHA-256 over their sorted record
/// hashes, without offsets, so that the same training has the same bytes on every backend.
/// </summary>
/// <param name="V">Version of this form, 1.</param>
/// <param name="Model">The model.</param>
/// <param name="Version">Its version.</param>
/// <param name="Cuts">What it took, in order.</param>
/// <param name="Parents">Checkpoints that it was made from.</param>
/// <param name="SettingsHash">Hash of the run settings.</param>
/// <param name="CodeVersion">Version of the code.</param>
/// <param name="ThreadCount">Torch threads.</param>
public sealed record Lineage(
    int V,
    string Model,
    int Version,
    IReadOnlyList<LineageCut> Cuts,
    IReadOnlyDictionary<string, string> Parents,
    string SettingsHash,
    string CodeVersion,
    int ThreadCount)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>As JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Options);
}
