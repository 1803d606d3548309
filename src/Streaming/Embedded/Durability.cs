using Tppo.Core.Log;
using Tppo.Streaming.Log;

namespace Tppo.Streaming.Embedded;

/// <summary>
/// Notes, while a log is open, what the disk is known to hold: once a second where something was written, and at the end; and
/// compares with what was noted when it is opened again, so that what was durable and is gone is noticed.
/// </summary>
internal sealed class Durability : IDisposable
{
    /// <summary>How often what was written is forced to the disk and noted.</summary>
    internal static readonly TimeSpan NotedEvery = TimeSpan.FromSeconds(1);

    /// <summary>Tables of at most so many bytes together are read and compared at each start; more takes long: `tppo log verify`.</summary>
    internal const long TablesVerifiedBytes = 2L << 30;

    private const int LooksMax = 5;
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(20);

    private readonly Database database;
    private readonly DataFolder folder;
    private readonly ILogObserver observer;
    private readonly Lock noting = new();
    private readonly ITimer timer;
    private ulong noted;
    private string? failed;

    private Durability(Database database, DataFolder folder, EmbeddedOptions options)
    {
        this.database = database;
        this.folder = folder;
        observer = options.Observer;
        timer = options.WaitClock.CreateTimer(_ => Tick(), null, NotedEvery, NotedEvery);
    }

    /// <summary>A folder's database, checked against what was noted of it.</summary>
    /// <exception cref="LogException">Something is damaged or gone; the message names the file.</exception>
    internal static Database Open(DataFolder folder, EmbeddedOptions options)
    {
        var witness = Witness.Read(folder.Path, options.Observer.Warning);
        if (new DatabaseFiles(folder.DatabasePath, witness).Check() is { } torn)
        {
            var aside = Path.Combine(folder.Path, "torn");
            DatabaseFiles.Cut(torn, aside);
            options.Observer.Warning(
                $"{torn.File}: torn behind byte {torn.Good}, as a power cut leaves it: "
                    + $"{torn.Length - torn.Good} bytes of the last writes are set aside in {aside}");
        }

        return Checked(folder, witness, () => Database.Open(folder.DatabasePath, options), database =>
        {
            if (database.TableBytes <= TablesVerifiedBytes) database.VerifyTables();
        });
    }

    /// <summary>The same of a folder that another process may write to, for reading.</summary>
    /// <exception cref="LogException">Something is damaged or gone; the message names the file.</exception>
    internal static Database OpenReadOnly(DataFolder folder, long blockCacheBytes, TimeProvider clock)
    {
        var witness = Witness.Read(folder.Path, _ => { });
        for (var look = 1; ; look++)
        {
            try
            {
                new DatabaseFiles(folder.DatabasePath, witness).Check();
                break;
            }
            catch (DataFolderException) when (look < LooksMax)
            {
                // Its owner may replace files meanwhile.
                clock.Pause(look * LookAgainAfter);
            }
        }

        return Checked(folder, witness, () => Database.OpenReadOnly(folder.DatabasePath, blockCacheBytes, clock), _ => { });
    }

    /// <summary>Begins to note.</summary>
    internal static Durability Watch(Database database, DataFolder folder, EmbeddedOptions options) => new(database, folder, options);

    /// <summary>Each partition's records reach as far as its bounds say: tables of records and of bounds are written apart.</summary>
    /// <exception cref="DataFolderException">They do not.</exception>
    internal static void CheckEnds(Database database, DataFolder folder, TopicTable table)
    {
        foreach (var topic in table.All)
        {
            foreach (var partition in topic.Partitions)
            {
                var last = database.LastOffset(partition);
                var end = partition.End;
                var goesBeyond = last is { } offset && offset >= end;
                var endsEarly = topic.Spec.Cleanup == Cleanup.Delete && partition.Start < end && last != end - 1;
                if (!goesBeyond && !endsEarly) continue;
                var found = last is { } o ? $"record {o} as the last" : "no record";
                throw new DataFolderException(
                    $"{folder.DatabasePath}: {partition.Id.Topic}/{partition.Id.Partition}: "
                        + $"expected records up to {end - 1}, found {found}: something is lost");
            }
        }
    }

    /// <summary>Notes for the last time.</summary>
    public void Dispose()
    {
        timer.Dispose();
        Tick();
    }

    private static Database Checked(DataFolder folder, Witness? witness, Func<Database> open, Action<Database> verify)
    {
        var database = open();
        try
        {
            if (witness is { } noted && database.Writes < noted.Writes)
            {
                throw new DataFolderException(
                    $"{folder.DatabasePath}: expected {noted.Writes} writes, which were on the disk ({Witness.FileName}), "
                        + $"found {database.Writes}: the last ones are lost");
            }

            verify(database);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private void Tick()
    {
        try
        {
            Note();
            failed = null;
        }
        catch (Exception e) when (e is LogException or IOException or UnauthorizedAccessException)
        {
            // Writers fail by themselves; here is only said, once, that nothing is known to be durable any more.
            if (failed != e.Message) observer.Warning($"{folder.Path}: what is on the disk could not be noted: {e.Message}");
            failed = e.Message;
        }
        catch (ObjectDisposedException)
        {
            // Closed meanwhile.
        }
    }

    private void Note()
    {
        lock (noting)
        {
            database.Enter();
            try
            {
                var writes = database.Writes;
                if (writes == noted) return;
                database.Sync();
                var (manifest, bytes) = DatabaseFiles.Manifest(folder.DatabasePath);
                new Witness(writes, manifest, bytes).Write(folder.Path);
                noted = writes;
            }
            finally
            {
                database.Exit();
            }
        }
    }
}
