using System.Security.Cryptography;
using System.Text;
using Tppo.Core.Models;

namespace Tppo.Facts.Artifacts;

/// <summary>
/// <c>files.sha256</c> of a checkpoint: a line "hash, two spaces, path" for every file that a later step may read, in order of
/// paths. Its own hash is the checkpoint's name, so one name vouches for all of them; <c>sha256sum -c files.sha256</c> checks it.
/// </summary>
internal static class CheckpointList
{
    /// <summary>Writes the list of a folder's files; gives its hash.</summary>
    internal static string Write(string folder)
    {
        var list = new StringBuilder();
        var paths = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/'))
            .Where(p => p != CheckpointFiles.List && p != $"{CheckpointFiles.TrainingFolder}/{CheckpointFiles.Numerics}")
            .Order(StringComparer.Ordinal);
        foreach (var path in paths) list.Append(HashOf(Path.Combine(folder, path))).Append("  ").Append(path).Append('\n');
        var bytes = Encoding.UTF8.GetBytes(list.ToString());
        File.WriteAllBytes(Path.Combine(folder, CheckpointFiles.List), bytes);
        return Convert.ToHexStringLower(SHA256.HashData(bytes));
    }

    /// <summary>What is not as a checkpoint's name says: a line that names the file; null where all is.</summary>
    internal static string? Damage(string folder, string name)
    {
        if (!Directory.Exists(folder)) return $"{folder}: expected a checkpoint, found no such folder";
        var list = Path.Combine(folder, CheckpointFiles.List);
        if (!File.Exists(list))
        {
            // An older checkpoint is named by its weights, and nothing vouches for its other files.
            var weights = Path.Combine(folder, CheckpointFiles.Weights);
            return Differs(weights, name) is null ? null : $"{list}: expected a list with SHA-256 {name}, found no such file";
        }

        return Differs(list, name)
            ?? File.ReadLines(list).Select(line => Differs(Path.Combine(folder, line[66..]), line[..64])).FirstOrDefault(d => d is not null);
    }

    /// <summary>SHA-256 of a file, in hex.</summary>
    internal static string HashOf(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static string? Differs(string file, string expected)
    {
        if (!File.Exists(file)) return $"{file}: expected a file with SHA-256 {expected}, found no such file";
        var found = HashOf(file);
        return found == expected ? null : $"{file}: expected SHA-256 {expected}, found {found}";
    }
}
