using Tppo.Core.World;

namespace Tppo.Core.Settings;

/// <summary>What Ingest imports first. A run setting, but for the path: the same content elsewhere is the same run.</summary>
public sealed record InputSettings
{
    /// <summary>World or file. Default World.</summary>
    public InputKind Kind { get; init; } = InputKind.World;

    /// <summary>The file: TSV (plain or gzip) or JSONL. A process setting.</summary>
    public string Path { get; init; } = "";

    /// <summary>SHA-256 of the file's bytes, in hex; found out by the demo, checked where given.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>Dials of the search world.</summary>
    public WorldSettings World { get; init; } = new();
}
