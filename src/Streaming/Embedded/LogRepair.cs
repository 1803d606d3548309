using System.Buffers.Binary;
using System.Globalization;
using System.Text.RegularExpressions;
using RocksDbSharp;
using Tppo.Core.Log;
using Tppo.Streaming.Log;
using Tppo.Streaming.Rocks;

namespace Tppo.Streaming.Embedded;

/// <summary>
/// Saves what stands before the damage of a log into a folder of its own; the damaged folder is only read. Writes that were lost at
/// the end of a log leave whole steps, and a run goes on from there. Where a table is damaged, each partition ends before its first
/// record that cannot be read: what was derived from lost records may still stand, so such a log is for reading and for rebuilds.
/// </summary>
public static partial class LogRepair
{
    private const int TablesLostMax = 1000;

    /// <summary>Copies a log and brings the copy into order.</summary>
    /// <param name="from">The damaged data folder.</param>
    /// <param name="to">A folder that is not there yet.</param>
    /// <returns>What is lost, a line each; none: nothing was damaged.</returns>
    /// <exception cref="LogException">Nothing can be saved, or <paramref name="to"/> is there.</exception>
    public static IReadOnlyList<string> Run(string from, string to)
    {
        if (Directory.Exists(to) || File.Exists(to)) throw new DataFolderException($"{to}: expected a folder that is not there yet, found one");
        using var source = DataFolder.Look(from);
        var lost = new List<string>();
        var copy = Path.Combine(to, "copy");
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(source.DatabasePath).Where(f => Path.GetFileName(f) != "LOCK"))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        CutLogs(copy, lost);
        using (var folder = DataFolder.Own(to, source.Partitions))
        using (var damaged = Opened(copy, lost))
        using (var fresh = Database.Open(folder.DatabasePath, new EmbeddedOptions()))
        {
            if (Witness.Read(from, lost.Add) is { } noted && damaged.Writes < noted.Writes)
                lost.Add(string.Create(CultureInfo.InvariantCulture, $"db: {noted.Writes - damaged.Writes} of {noted.Writes} writes, the last ones"));
            var table = new TopicTable(damaged, source.Partitions);
            Copy(damaged, damaged.Topics, fresh, fresh.Topics, "names of topics", lost);
            foreach (var partition in table.All.SelectMany(t => t.Partitions)) CopyRecords(damaged, fresh, partition, lost);
            CopyOffsets(table, fresh);
            Copy(damaged, damaged.State, fresh, fresh.State, "keyed state of groups", lost);
            Durability.Watch(fresh, folder, new EmbeddedOptions { Partitions = source.Partitions }).Dispose();
        }

        Directory.Delete(copy, recursive: true);
        return lost;
    }

    // The first damage ends the log: what stands behind it was written later.
    private static void CutLogs(string path, List<string> lost)
    {
        ulong? next = null;
        var ended = false;
        foreach (var file in Directory.GetFiles(path, "*.log").Order(StringComparer.Ordinal))
        {
            var scan = RocksLogFile.OfWrites(file);
            var follows = next is null || scan.First is null || scan.First == next;
            if (!ended && follows && scan.Damage is null)
            {
                next = scan.Next ?? next;
                continue;
            }

            var good = ended || !follows ? 0 : scan.Good;
            if (scan.Length > good)
                lost.Add(string.Create(CultureInfo.InvariantCulture, $"db/{Path.GetFileName(file)}: writes behind byte {good}: {scan.Length - good} bytes"));
            using (var stream = new FileStream(file, FileMode.Open, FileAccess.Write)) stream.SetLength(good);
            ended = true;
        }
    }

    private static Database Opened(string path, List<string> lost)
    {
        var options = new EmbeddedOptions();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                new DatabaseFiles(path, witness: null).Check();
                return Database.Open(path, options);
            }
            catch (LogException e) when (attempt < TablesLostMax)
            {
                // A table that cannot be opened makes way; a list of files that cannot be read is made anew from the tables.
                if (TableName().Match(e.Message) is { Success: true } named && File.Exists(Path.Combine(path, named.Value)))
                {
                    lost.Add($"db/{named.Value}: cannot be opened: {e.Message}");
                    File.Delete(Path.Combine(path, named.Value));
                }
                else if (attempt > 0 && !e.Message.Contains(".sst", StringComparison.Ordinal))
                {
                    throw;
                }
                else
                {
                    lost.Add($"db: the list of files is made anew from the tables: {e.Message}");
                }

                Database.Remake(path);
            }
        }
    }

    // A partition ends before its first record that cannot be read.
    private static void CopyRecords(Database damaged, Database fresh, PartitionLog partition, List<string> lost)
    {
        Span<byte> key = stackalloc byte[RowKeys.RecordBytes];
        RowKeys.Record(key, partition.TopicId, partition.Id.Partition, partition.Start);
        var hasHoles = Topics.Find(partition.Id.Topic).Cleanup == Cleanup.Compact;
        var (good, why) = (partition.Start, "");
        using var rows = new Rows(fresh);
        try
        {
            using var from = damaged.Iterate(damaged.Records);
            for (from.Seek(key); RecordReader.TryOffset(from, key, out var offset) && offset < partition.End; from.Next())
            {
                if (offset > good && !hasHoles) break;
                var value = from.GetValueSpan().ToArray();
                RecordFormat.Read(partition.Id, offset, value);
                rows.Put(from.Key(), value, fresh.Records);
                good = offset + 1;
            }

            if (hasHoles) good = partition.End;
        }
        catch (Exception e) when (e is LogException or ArgumentException or InvalidDataException or IndexOutOfRangeException)
        {
            why = $": {e.Message}";
        }

        if (good < partition.End) lost.Add(string.Create(CultureInfo.InvariantCulture, $"{partition.Id}: records {good} to {partition.End - 1}{why}"));
        var bounds = new byte[PartitionLog.StoredBytes];
        PartitionLog.Store(bounds, partition.Start, good, partition.LastTimestamp, Math.Min(partition.CompactedTo, good));
        rows.Put(key[..RowKeys.PartitionBytes].ToArray(), bounds, fresh.Bounds);
        partition.End = good;
    }

    // Nobody has read what is not there.
    private static void CopyOffsets(TopicTable table, Database fresh)
    {
        using var rows = new Rows(fresh);
        foreach (var (group, partition, offset) in table.AllCommitted())
        {
            var value = new byte[sizeof(long)];
            BinaryPrimitives.WriteInt64BigEndian(value, Math.Min(offset, table.Find(partition).End));
            rows.Put(RowKeys.Offset(group, partition), value, fresh.Offsets);
        }
    }

    private static void Copy(Database damaged, ColumnFamilyHandle from, Database fresh, ColumnFamilyHandle to, string what, List<string> lost)
    {
        using var rows = new Rows(fresh);
        try
        {
            using var all = damaged.Iterate(from);
            for (all.SeekToFirst(); all.Valid(); all.Next()) rows.Put(all.Key(), all.Value(), to);
            RocksRows.ThrowIfFailed(all);
        }
        catch (LogException e)
        {
            lost.Add($"some of the {what}: {e.Message}");
        }
    }

    /// <summary>Writes rows by the batch.</summary>
    private sealed class Rows(Database database) : IDisposable
    {
        private const int BatchBytesMax = 8 << 20;
        private readonly WriteBatch batch = new();
        private int bytes;

        internal void Put(byte[] key, byte[] value, ColumnFamilyHandle family)
        {
            batch.Put(key, value, family);
            bytes += key.Length + value.Length;
            if (bytes > BatchBytesMax) Write();
        }

        public void Dispose()
        {
            Write();
            batch.Dispose();
        }

        private void Write()
        {
            if (bytes > 0) database.Write(batch);
            batch.Clear();
            bytes = 0;
        }
    }

    [GeneratedRegex(@"\d{6,}\.sst")]
    private static partial Regex TableName();
}
