using System.Globalization;
using System.Text;
using Tppo.Streaming.Log;

namespace Tppo.Streaming.Embedded;

/// <summary>
/// The folder around the database: <c>FORMAT</c> says what is in it, <c>LOCK</c> is locked by who has it open, <c>OWNER</c>
/// names that process. The lock is the truth, and the system drops it with the process; the name is for the message alone,
/// so a stale one hinders nobody. <c>DURABLE</c> is a <see cref="Witness"/>.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    internal const int FormatVersion = 1;

    private const int LinuxWouldBlock = 11, MacWouldBlock = 35, WindowsSharingViolation = unchecked((int)0x80070020);

    private readonly FileStream? locked;

    private DataFolder(string path, int partitions, FileStream? locked)
    {
        Path = path;
        DatabasePath = System.IO.Path.Combine(path, "db");
        Partitions = partitions;
        this.locked = locked;
    }

    internal string Path { get; }

    internal string DatabasePath { get; }

    internal int Partitions { get; }

    /// <summary>Takes the folder for this process; makes it where it is not there.</summary>
    internal static DataFolder Own(string path, int partitions)
    {
        Directory.CreateDirectory(path);
        var locked = Lock(path);
        try
        {
            if (!File.Exists(FormatPath(path))) Create(path, partitions);
            var found = ReadFormat(path);
            if (found != partitions)
                throw new DataFolderException(
                    $"{FormatPath(path)}: expected {partitions} partitions, found {found}: the number is fixed when a folder is made");
            return new DataFolder(path, found, locked);
        }
        catch (LogException)
        {
            locked.Dispose();
            throw;
        }
    }

    /// <summary>Looks at a folder that another process may own.</summary>
    internal static DataFolder Look(string path)
    {
        if (!File.Exists(FormatPath(path)))
            throw new DataFolderException($"{path}: expected a data folder, found no FORMAT file in it");
        return new DataFolder(path, ReadFormat(path), locked: null);
    }

    public void Dispose() => locked?.Dispose();

    private static string FormatPath(string path) => System.IO.Path.Combine(path, "FORMAT");

    private static FileStream Lock(string path)
    {
        var ownerPath = System.IO.Path.Combine(path, "OWNER");
        FileStream locked;
        try
        {
            locked = new FileStream(System.IO.Path.Combine(path, "LOCK"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (IsHeldByAnother(e))
        {
            throw new LogInUseException($"{path}: in use by {Holder(ownerPath)}; stop it first, or use a verb that only reads", e);
        }

        File.WriteAllText(ownerPath, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n"));
        return locked;
    }

    // A lock that another holds, and nothing else that opening a file may fail of.
    private static bool IsHeldByAnother(IOException e) => e.HResult is LinuxWouldBlock or MacWouldBlock or WindowsSharingViolation;

    // The owner notes itself behind its lock: one who died since is not who holds it now.
    private static string Holder(string ownerPath)
    {
        var noted = File.Exists(ownerPath) ? File.ReadLines(ownerPath).FirstOrDefault("") : "";
        if (!int.TryParse(noted, NumberStyles.None, CultureInfo.InvariantCulture, out var id)) return "a process that has not noted its number";
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(id);
            return $"process {id}";
        }
        catch (ArgumentException)
        {
            return $"a process that has not noted its number (process {id}, which had it before, has ended)";
        }
    }

    private static void Create(string path, int partitions)
    {
        if (Directory.Exists(System.IO.Path.Combine(path, "db")))
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
