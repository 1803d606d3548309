using Tppo.Core;
using Tppo.Core.Models;

namespace Tppo.Facts.Artifacts;

/// <summary>
/// Checkpoint folders, each under the SHA-256 of its list of files. A folder is written beside, synced to disk and renamed, so
/// that a name that exists is a whole checkpoint; whether it still is, is looked at before it is read.
/// </summary>
/// <param name="root">The folder of all checkpoints.</param>
public sealed class ArtifactStore(string root)
{
    private const int HexLength = 64;

    /// <summary>The folder of all checkpoints.</summary>
    public string Root { get; } = root;

    /// <summary>Where a checkpoint lies.</summary>
    public string Folder(string checkpoint) => Path.Combine(Root, checkpoint);

    /// <summary>What a step of a model that takes long leaves before it ends: no fact names it.</summary>
    public ArtifactStore OnTheWay(string model) => new(Path.Combine(Root, "on-the-way", model));

    /// <summary>Names of what lies here, read or not.</summary>
    public IReadOnlyList<string> Names() => Directory.Exists(Root)
        ? [.. Directory.EnumerateDirectories(Root).Select(f => Path.GetFileName(f)).Where(n => n.Length == HexLength && n.All(char.IsAsciiHexDigitLower))]
        : [];

    /// <summary>Removes a checkpoint.</summary>
    public void Remove(string checkpoint) => Directory.Delete(Folder(checkpoint), recursive: true);

    /// <summary>Removes all that lies here, and the folder.</summary>
    public void RemoveAll()
    {
        if (Directory.Exists(Root)) Directory.Delete(Root, recursive: true);
    }

    /// <summary>Whether it is there, and every file of it is what its name says.</summary>
    public bool HasIntact(string checkpoint) => Damage(checkpoint) is null;

    /// <summary>What is not as a checkpoint's name says: a line that names the file; null where all is.</summary>
    public string? Damage(string checkpoint) => CheckpointList.Damage(Folder(checkpoint), checkpoint);

    /// <summary>Takes in what <paramref name="write"/> leaves in the folder that it is given.</summary>
    public StoredCheckpoint Add(Action<string> write)
    {
        Directory.CreateDirectory(Root);
        var draft = Path.Combine(Root, $".draft-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}");
        if (Directory.Exists(draft)) Directory.Delete(draft, recursive: true);
        Directory.CreateDirectory(draft);
        write(draft);
        var stored = new StoredCheckpoint(CheckpointList.Write(draft), CheckpointList.HashOf(Path.Combine(draft, CheckpointFiles.Weights)));
        foreach (var file in Directory.EnumerateFiles(draft, "*", SearchOption.AllDirectories)) Sync(file);
        foreach (var folder in Directory.EnumerateDirectories(draft)) FolderSync.Flush(folder);
        FolderSync.Flush(draft);
        Place(draft, stored.Name);
        return stored;
    }

    /// <summary>Gives a checkpoint the name that older facts know it by, which is that of its weights.</summary>
    public void NameByWeights(StoredCheckpoint stored)
    {
        File.Delete(Path.Combine(Folder(stored.Name), CheckpointFiles.List));
        Place(Folder(stored.Name), stored.Weights);
    }

    /// <summary>SHA-256 of a file, in hex.</summary>
    public static string HashOf(string file) => CheckpointList.HashOf(file);

    /// <summary>
    /// Makes ready for what will be added: sees before anything is trained that it can be, and removes drafts that killed processes
    /// left; those of other processes that live stay.
    /// </summary>
    /// <exception cref="UserException">Nothing can be written there: why, in a line.</exception>
    public void Prepare()
    {
        RequireWritable();
        foreach (var draft in Directory.EnumerateDirectories(Root, ".draft-*"))
        {
            if (!int.TryParse(Path.GetFileName(draft).Split('-')[1], out var owner) || !Lives(owner)) Directory.Delete(draft, recursive: true);
        }
    }

    private void RequireWritable()
    {
        var probe = Path.Combine(Root, FormattableString.Invariant($".probe-{Environment.ProcessId}"));
        try
        {
            Directory.CreateDirectory(Root);
            File.WriteAllText(probe, "");
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{Root}: expected a folder that can be written to: {e.Message}", e);
        }
    }

    // What stands there damaged is set aside for whoever wants to know what happened to it.
    private void Place(string draft, string name)
    {
        if (HasIntact(name))
        {
            Directory.Delete(draft, recursive: true);
            return;
        }

        if (Directory.Exists(Folder(name))) Directory.Move(Folder(name), Aside(name));
        Directory.Move(draft, Folder(name));
        FolderSync.Flush(Root);
    }

    private string Aside(string name)
    {
        var aside = Path.Combine(Root, "damaged");
        Directory.CreateDirectory(aside);
        return Enumerable.Range(1, int.MaxValue).Select(n => Path.Combine(aside, FormattableString.Invariant($"{name}-{n}"))).First(p => !Directory.Exists(p));
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
