using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tppo.Streaming.Embedded;

/// <summary>
/// What a folder's database held when all of it was last known to be on the disk, kept beside it in <c>DURABLE</c>: a database
/// that holds less has lost something, whatever it says of itself.
/// </summary>
/// <param name="Writes">How many writes it had taken.</param>
/// <param name="Manifest">The file that lists its files; grows, or makes way for one of a higher number.</param>
/// <param name="ManifestBytes">How long that file was.</param>
internal sealed record Witness(ulong Writes, string Manifest, long ManifestBytes)
{
    internal const string FileName = "DURABLE";

    /// <summary>What was noted in a folder; null: nothing yet.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="unreadable">Told, in a line, of a note that is not as it was written; it is as good as none.</param>
    internal static Witness? Read(string folder, Action<string> unreadable)
    {
        var path = PathIn(folder);
        if (!File.Exists(path)) return null;
        var text = Encoding.UTF8.GetString(File.ReadAllBytes(path));
        if (Parse(text) is { } found && found.Text() == text) return found;
        unreadable($"{path}: expected lines 'writes', 'manifest' and 'sha256' that agree, found others: noted anew from the log");
        return null;
    }

    /// <summary>Notes it. Not forced to the disk: an older note that a power cut leaves says less, and nothing untrue.</summary>
    internal void Write(string folder)
    {
        var temporary = PathIn(folder) + ".tmp";
        File.WriteAllText(temporary, Text());
        File.Move(temporary, PathIn(folder), overwrite: true);
    }

    internal static string PathIn(string folder) => Path.Combine(folder, FileName);

    private string Text()
    {
        var noted = string.Create(CultureInfo.InvariantCulture, $"writes {Writes}\nmanifest {Manifest} {ManifestBytes}\n");
        return $"{noted}sha256 {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(noted)))}\n";
    }

    private static Witness? Parse(string text)
    {
        var words = text.Split(['\n', ' ']);
        return words is ["writes", var writes, "manifest", var manifest, var bytes, ..]
            && ulong.TryParse(writes, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && long.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? new Witness(count, manifest, length)
            : null;
    }
}
