using System.Globalization;
using Tppo.Streaming.Log;
using Tppo.Streaming.Rocks;

namespace Tppo.Streaming.Embedded;

/// <summary>
/// The database's files, looked at before RocksDB opens them: what it would take for an end torn by a crash, or for no database
/// yet, and pass over in silence. Damage is an error that names file and place, except where a power cut explains it: behind
/// what was last known to be on the disk, at the very end or from a page of zeros on.
/// </summary>
/// <param name="path">The database's folder.</param>
/// <param name="witness">What was last known to be on the disk; null: nothing is.</param>
internal sealed class DatabaseFiles(string path, Witness? witness)
{
    private const string Current = "CURRENT";
    private const string ManifestPrefix = "MANIFEST-";
    private const string WritesSuffix = ".log";
    private const string TablesSuffix = ".sst";

    /// <summary>A log whose last writes were torn, and where what is whole of it ends.</summary>
    internal sealed record Torn(string File, long Good, long Length);

    /// <summary>Finds what is damaged; gives the end of a log that a power cut has torn, null where none was.</summary>
    /// <exception cref="DataFolderException">Something is damaged or missing; the message names the file.</exception>
    internal Torn? Check()
    {
        if (!IsThere()) return null;
        CheckManifest();
        return CheckWrites();
    }

    /// <summary>Sets what is torn aside, beside the database, and cuts it off, so that nobody reads on behind it.</summary>
    internal static void Cut(Torn torn, string asideFolder)
    {
        Directory.CreateDirectory(asideFolder);
        var name = string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(torn.File)}.from-{torn.Good}");
        using var file = new FileStream(torn.File, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        file.Position = torn.Good;
        using (var aside = new FileStream(Path.Combine(asideFolder, name), FileMode.Create, FileAccess.Write))
        {
            file.CopyTo(aside);
            aside.Flush(flushToDisk: true);
        }

        file.SetLength(torn.Good);
        file.Flush(flushToDisk: true);
    }

    /// <summary>The manifest that is in use, by name, and its length.</summary>
    internal static (string Name, long Bytes) Manifest(string path)
    {
        var name = File.ReadAllText(Path.Combine(path, Current)).TrimEnd('\n');
        return (name, new FileInfo(Path.Combine(path, name)).Length);
    }

    private bool IsThere()
    {
        var names = Directory.Exists(path) ? Directory.GetFiles(path).Select(Path.GetFileName).ToHashSet() : [];
        if (names.Contains(Current)) return true;
        var holds = names.FirstOrDefault(n => n!.EndsWith(WritesSuffix, StringComparison.Ordinal) || n.EndsWith(TablesSuffix, StringComparison.Ordinal));
        if (holds is null && witness is null) return false;
        var why = witness is { } noted
            ? string.Create(CultureInfo.InvariantCulture, $"a database of {noted.Writes} writes ({Witness.FileName})")
            : $"the name of a manifest, since there is {holds}";
        throw Broken(Current, $"expected {why}, found no such file");
    }

    private void CheckManifest()
    {
        var name = File.ReadAllText(Path.Combine(path, Current)).TrimEnd('\n');
        if (Number(name) is not { } number) throw Broken(Current, "expected the name of a manifest, found something else");
        var file = Path.Combine(path, name);
        if (!File.Exists(file)) throw Broken(name, $"expected the manifest that {Current} names, found no such file");
        var noted = witness is { } w && Number(w.Manifest) is { } notedNumber ? (Number: notedNumber, w.ManifestBytes) : (0, 0);
        if (number < noted.Number) throw Broken(Current, $"expected {witness!.Manifest} or a later one, found {name}");
        var scan = RocksLogFile.OfVersions(file);
        var due = number == noted.Number ? noted.ManifestBytes : 0;
        if (scan.Length < due) throw Broken(name, Invariant($"expected at least {due} bytes, found {scan.Length}"));
        if (scan.Damage is { } damage && (damage.IsFollowed || scan.Good < due))
            throw Broken(name, Invariant($"damaged at byte {damage.Offset}: {damage.What}"));
    }

    private Torn? CheckWrites()
    {
        Torn? torn = null;
        ulong? next = null;
        foreach (var file in Directory.GetFiles(path, "*" + WritesSuffix).Order(StringComparer.Ordinal))
        {
            if (Scan(file) is not { } scan) continue;
            var name = Path.GetFileName(file);
            if (torn is not null && scan.Length > 0)
                throw Broken(Path.GetFileName(torn.File), Invariant($"ends at byte {torn.Good} within a record, yet {name} goes on"));
            if (next is { } expected && scan.First is { } first && first != expected)
                throw Broken(name, Invariant($"damaged at byte 0: expected write {expected} first, found write {first}"));
            next = scan.Next ?? next;
            if (scan.Damage is not { } damage) continue;
            var isDurable = witness is { } noted && (next ?? 0) <= noted.Writes;
            if (isDurable || (damage.IsFollowed && !damage.IsZeros)) throw Broken(name, Invariant($"damaged at byte {damage.Offset}: {damage.What}"));
            torn = new Torn(file, scan.Good, scan.Length);
        }

        return torn;
    }

    /// <summary>A log's content; null where its owner has just deleted it.</summary>
    private static RocksLogFile? Scan(string file)
    {
        try
        {
            return RocksLogFile.OfWrites(file);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static long? Number(string manifest) =>
        manifest.StartsWith(ManifestPrefix, StringComparison.Ordinal)
        && long.TryParse(manifest.AsSpan(ManifestPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private DataFolderException Broken(string file, string what) =>
        new($"{Path.Combine(path, file)}: {what}; `tppo log verify` says what is left, `tppo log repair` saves it to another folder");
}
