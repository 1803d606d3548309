using System.Globalization;
using System.Text;

namespace Tppo.Streaming;

/// <summary>
/// The folder around the database: <c>FORMAT</c> says what is in it, <c>OWNER</c> who has it open. The lock on OWNER is the
/// truth, and the system drops it with the process; the id inside is for the message alone, so a stale one hinders nobody.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    internal const int FormatVersion = 1;

    private readonly FileStream? owner;

    private DataFolder(string path, int partitions, FileStream? owner)
    {
        DatabasePath = Path.Combine(path, "db");
        Partitions = partitions;
        this.owner = owner;
    }

    internal string DatabasePath { get; }

    internal int Partitions { get; }

    /// <summary>Takes the folder for this process; makes it where it is not there.</summary>
    internal static DataFolder Own(string path, int partitions)
    {
        Directory.CreateDirectory(path);
        var owner = Lock(path);
        try
        {
            if (!File.Exists(FormatPath(path))) Create(path, partitions);
            var found = ReadFormat(path);
            if (found != partitions)
                throw new DataFolderException($"{path}: expected {partitions} partitions, found {found}: the number is fixed when a folder is made");
            return new DataFolder(path, found, owner);
        }
        catch (LogException)
        {
            owner.Dispose();
            throw;
        }
    }

    /// <summary>Looks at a folder that another process may own.</summary>
    internal static DataFolder Look(string path)
    {
        if (!File.Exists(FormatPath(path)))
            throw new DataFolderException($"{path}: expected a data folder, found no FORMAT file in it");
        return new DataFolder(path, ReadFormat(path), owner: null);
    }

    public void Dispose() => owner?.Dispose();

    private static string FormatPath(string path) => Path.Combine(path, "FORMAT");

    private static FileStream Lock(string path)
    {
        var ownerPath = Path.Combine(path, "OWNER");
        FileStream stream;
        try
        {
            stream = new FileStream(ownerPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new LogInUseException($"{path}: in use by process {ReadOwner(ownerPath)}; stop it first, or use a verb that only reads", e);
        }

        stream.SetLength(0);
        stream.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n")));
        stream.Flush();
        return stream;
    }

    private static string ReadOwner(string ownerPath)
    {
        try
        {
            using var stream = new FileStream(ownerPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream);
            return reader.ReadLine() ?? "unknown";
        }
        catch (IOException)
        {
            // Where locks are mandatory the owner's file cannot even be read; that it is locked is what counts.
            return "unknown";
        }
    }

    private static void Create(string path, int partitions)
    {
        if (Directory.Exists(Path.Combine(path, "db")))
            throw new DataFolderException($"{path}: expected a FORMAT file beside the folder db, found none");
        var temporary = FormatPath(path) + ".tmp";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            stream.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"version {FormatVersion}\npartitions {partitions}\n")));
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, FormatPath(path));
    }

    private static int ReadFormat(string path)
    {
        var lines = File.ReadLines(FormatPath(path)).Take(2).ToArray();
        var version = lines.Length > 0 ? lines[0] : "nothing";
        if (version != string.Create(CultureInfo.InvariantCulture, $"version {FormatVersion}"))
            throw new DataFolderException($"{FormatPath(path)}: expected version {FormatVersion}, found {version}");
        if (lines.Length < 2 || !lines[1].StartsWith("partitions ", StringComparison.Ordinal)
            || !int.TryParse(lines[1].AsSpan("partitions ".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var partitions))
            throw new DataFolderException($"{FormatPath(path)}: expected a line 'partitions N', found {(lines.Length < 2 ? "nothing" : lines[1])}");
        return partitions;
    }
}
