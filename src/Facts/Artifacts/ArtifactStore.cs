using System.Security.Cryptography;
using Tppo.Core.Models;

namespace Tppo.Facts.Artifacts;

/// <summary>
/// Checkpoint folders under the SHA-256 of their <c>model.safetensors</c>. A folder is written beside, synced to disk and
/// renamed, so that a name that exists is a whole checkpoint.
/// </summary>
/// <param name="root">The folder of all checkpoints.</param>
public sealed class ArtifactStore(string root)
{
    /// <summary>Where a checkpoint lies.</summary>
    public string Folder(string checkpoint) => Path.Combine(root, checkpoint);

    /// <summary>Whether it is there.</summary>
    public bool Has(string checkpoint) => Directory.Exists(Folder(checkpoint));

    /// <summary>Whether it is there, and its weights are still those of its name.</summary>
    public bool HasIntact(string checkpoint) =>
        Has(checkpoint) && HashOf(Path.Combine(Folder(checkpoint), CheckpointFiles.Weights)) == checkpoint;

    /// <summary>Takes in what <paramref name="write"/> leaves in the folder that it is given; gives the checkpoint's id.</summary>
    public string Add(Action<string> write)
    {
        Directory.CreateDirectory(root);
        var draft = Path.Combine(root, $".draft-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}");
        if (Directory.Exists(draft)) Directory.Delete(draft, recursive: true);
        Directory.CreateDirectory(draft);
        write(draft);
        foreach (var file in Directory.EnumerateFiles(draft, "*", SearchOption.AllDirectories)) Sync(file);

        var checkpoint = HashOf(Path.Combine(draft, CheckpointFiles.Weights));
        if (HasIntact(checkpoint))
        {
            Directory.Delete(draft, recursive: true);
            return checkpoint;
        }

        if (Has(checkpoint)) Directory.Delete(Folder(checkpoint), recursive: true);
        Directory.Move(draft, Folder(checkpoint));
        return checkpoint;
    }

    /// <summary>Removes drafts that killed processes left; those of other processes that live stay.</summary>
    public void RemoveDrafts()
    {
        if (!Directory.Exists(root)) return;
        foreach (var draft in Directory.EnumerateDirectories(root, ".draft-*"))
        {
            if (!int.TryParse(Path.GetFileName(draft).Split('-')[1], out var owner) || !Lives(owner)) Directory.Delete(draft, recursive: true);
        }
    }

    /// <summary>SHA-256 of a file, in hex.</summary>
    public static string HashOf(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    // A draft of our own number is a former process's: this one has made none yet.
    private static bool Lives(int process)
    {
        if (process == Environment.ProcessId) return false;
        try
        {
            using var found = System.Diagnostics.Process.GetProcessById(process);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static void Sync(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
        stream.Flush(flushToDisk: true);
    }
}
