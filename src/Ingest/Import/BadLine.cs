namespace Tppo.Ingest.Import;

/// <summary>A line that is no event.</summary>
/// <param name="Line">1-based.</param>
/// <param name="Cause">What was expected and what was found.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Sha256">Hash of its bytes, in hex.</param>
/// <param name="Beginning">What could be read of it, redacted, at most 64 KB.</param>
public sealed record BadLine(long Line, string Cause, long Length, string Sha256, string Beginning)
{
    /// <summary>Most of a bad line that is kept, in bytes.</summary>
    public const int BytesKept = 64 * 1024;
}
