using Tppo.Core.Log;
using Tppo.Streaming.Embedded;
using Tppo.Streaming.Log;
using Tppo.Streaming.Tests.Rules;
using Tppo.TestKit;

namespace Tppo.Streaming.Tests;

/// <summary>Files of an embedded log are damaged one at a time: what was durable is there, or its loss is an error that names a file.</summary>
public sealed class DamageTests : IDisposable
{
    private const int Steps = 400;
    private static readonly IEnumerable<int> Some = Enumerable.Range(0, 40), Many = Enumerable.Range(40, 400);
    private static readonly EmbeddedOptions Options = new() { Partitions = 1, BlockCacheBytes = 1 << 20 };
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("tppo-damage-");

    private delegate void Damaging(string file, Random random);

    private static readonly (string Name, Damaging Do)[] Kinds =
    [
        ("a bit flipped", (file, random) => Change(file, bytes => bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8)))),
        ("a block zeroed", (file, random) => Change(file, bytes =>
        {
            var at = random.Next(bytes.Length);
            bytes.AsSpan(at..Math.Min(bytes.Length, at + 512)).Clear();
        })),
        ("cut short", (file, random) => Change(file, bytes => bytes[..random.Next(bytes.Length)])),
        ("doubled", (file, _) => Change(file, bytes => [.. bytes, .. bytes])),
        ("gone", (file, _) => File.Delete(file)),
    ];

    public void Dispose() => root.Delete(recursive: true);

    [Fact]
    public void A_log_that_was_closed_holds_all_of_it_or_says_what_is_damaged() => DamageClosed(Some);

    [Trait(Suite.Trait, Suite.Long)]
    [Fact]
    public void A_log_that_was_closed_holds_all_of_it_or_says_what_is_damaged_many_times() => DamageClosed(Many);

    [Fact]
    public void A_log_whose_process_was_killed_holds_whole_steps_or_says_what_is_damaged() => DamageKilled(Some);

    [Trait(Suite.Trait, Suite.Long)]
    [Fact]
    public void A_log_whose_process_was_killed_holds_whole_steps_or_says_what_is_damaged_many_times() => DamageKilled(Many);

    [Fact]
    public void A_flipped_bit_in_the_middle_of_a_log_file_is_told_with_its_place()
    {
        var (folder, _) = Killed();
        var file = WritesOf(folder);
        var flipped = (int)new FileInfo(file).Length / 3;
        Change(file, bytes => bytes[flipped] ^= 16);
        var message = Refusal(folder)!;
        Assert.StartsWith($"{file}: damaged at byte ", message, StringComparison.Ordinal);
        var place = int.Parse(message[$"{file}: damaged at byte ".Length..].Split(':')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(place, flipped - 200, flipped);
        Assert.Contains("tppo log repair", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_end_that_a_power_cut_has_torn_is_set_aside_and_told_and_the_log_goes_on_behind_it()
    {
        var (folder, _) = Killed();
        File.Delete(Path.Combine(folder, Witness.FileName));
        var file = WritesOf(folder);
        var whole = File.ReadAllBytes(file);
        Change(file, bytes => bytes[..^10]);
        var observer = new NotedObserver();
        using (var log = EmbeddedLog.Open(folder, Options with { Observer = observer }))
        {
            Assert.Equal(Steps - 1, log.Texts(Topics.Search, 0).Length);
            log.AppendNumbers(Topics.Search, 0, 1, first: Steps - 1);
        }

        Assert.Contains("torn behind byte", Assert.Single(observer.Warnings), StringComparison.Ordinal);
        var aside = Assert.Single(Directory.GetFiles(Path.Combine(folder, "torn")));
        var length = (int)new FileInfo(aside).Length;
        Assert.Equal(whole[^(length + 10)..^10], File.ReadAllBytes(aside));
        using var again = EmbeddedLog.OpenReadOnly(folder);
        Assert.Equal(LogTools.Numbers(Steps), again.Texts(Topics.Search, 0));
    }

    [Fact]
    public void Pages_of_zeros_at_the_end_are_torn_and_a_flipped_bit_there_is_damage()
    {
        var (folder, _) = Killed();
        File.Delete(Path.Combine(folder, Witness.FileName));
        var zeros = Copy(folder);
        Change(WritesOf(zeros), bytes => bytes.AsSpan((bytes.Length / 2 / 4096 * 4096)..).Slice(0, 4096).Clear());
        Assert.InRange(Read(zeros), 1, Steps - 1);
        Change(WritesOf(folder), bytes => bytes[bytes.Length / 2] ^= 1);
        Assert.Contains("damaged at byte", Refusal(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void An_older_copy_of_the_database_is_noticed()
    {
        var older = Closed();
        var folder = Copy(older);
        using (var log = EmbeddedLog.Open(folder, Options)) log.AppendNumbers(Topics.Search, 0, 5, first: Steps);
        Directory.Delete(Path.Combine(folder, "db"), recursive: true);
        CopyAll(Path.Combine(older, "db"), Path.Combine(folder, "db"));
        Assert.NotNull(Refusal(folder));
    }

    [Fact]
    public void A_note_of_what_is_durable_that_is_damaged_is_told_and_made_anew()
    {
        var folder = Closed();
        var note = Path.Combine(folder, Witness.FileName);
        var whole = File.ReadAllText(note);
        foreach (var damaged in new[] { whole.Replace("writes", "wri tes", StringComparison.Ordinal), whole[..20], "", whole.Replace('1', '2') })
        {
            File.WriteAllText(note, damaged);
            var observer = new NotedObserver();
            EmbeddedLog.Open(folder, Options with { Observer = observer }).Dispose();
            Assert.StartsWith($"{note}: expected lines", Assert.Single(observer.Warnings), StringComparison.Ordinal);
            Assert.NotNull(Witness.Read(folder, Assert.Fail));
        }
    }

    [Fact]
    public void A_folder_of_before_that_has_no_note_is_opened_and_gets_one()
    {
        var folder = Closed();
        File.Delete(Path.Combine(folder, Witness.FileName));
        Assert.Equal(Steps, Read(folder));
        Assert.NotNull(Witness.Read(folder, Assert.Fail));
    }

    private void DamageClosed(IEnumerable<int> seeds)
    {
        var whole = Closed();
        foreach (var seed in seeds)
        {
            var (folder, what) = Damaged(whole, seed);
            if (Refusal(folder) is { } message) AssertNames(message, folder, what);
            else Assert.True(Read(folder) == Steps, what);
            Directory.Delete(folder, recursive: true);
        }
    }

    private void DamageKilled(IEnumerable<int> seeds)
    {
        var (whole, durable) = Killed();
        foreach (var seed in seeds)
        {
            var (folder, what) = Damaged(whole, seed);
            if (Refusal(folder) is { } message) AssertNames(message, folder, what);
            else Assert.InRange(Read(folder), durable, Steps);
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Of_a_damaged_log_file_all_steps_before_the_damage_are_saved_and_the_damaged_folder_stays_as_it_is()
    {
        var (folder, durable) = Killed();
        var file = WritesOf(folder);
        Change(file, bytes => bytes[bytes.Length / 2] ^= 1);
        var before = File.ReadAllBytes(file);
        var saved = NewFolder();
        Assert.StartsWith($"db/{Path.GetFileName(file)}: writes behind byte", Assert.Single(LogRepair.Run(folder, saved)), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(file));
        Assert.InRange(Read(saved), durable + 50, Steps - 50);
        Assert.Throws<DataFolderException>(() => LogRepair.Run(folder, saved));
    }

    [Theory]
    [InlineData("*.sst")]
    [InlineData("MANIFEST-*")]
    [InlineData("CURRENT")]
    [InlineData("*.log")]
    public void Whatever_is_damaged_or_gone_the_rest_is_saved_in_order_and_what_is_lost_is_named(string pattern)
    {
        var whole = Closed();
        for (var seed = 0; seed < 12; seed++)
        {
            var random = new Random(seed);
            var folder = Copy(whole);
            var files = Directory.GetFiles(Path.Combine(folder, "db"), pattern).Where(f => new FileInfo(f).Length > 4).ToList();
            if (files.Count == 0) return;
            Kinds[seed % Kinds.Length].Do(files[random.Next(files.Count)], random);
            var saved = NewFolder();
            var lost = LogRepair.Run(folder, saved);
            using var log = EmbeddedLog.Open(saved, Options);
            var (searches, timeline) = (log.Texts(Topics.Search, 0), log.Texts(Topics.Timeline, 0));
            Assert.Equal(LogTools.Numbers(searches.Length), searches);
            Assert.Equal(LogTools.Numbers(timeline.Length), timeline);
            if (lost.Count == 0) Assert.Equal((Steps, Steps), (searches.Length, timeline.Length));
        }
    }

    private static void AssertNames(string message, string folder, string what)
    {
        Assert.Contains(folder, message, StringComparison.Ordinal);
        Assert.False(message.Contains('\n', StringComparison.Ordinal), what);
    }

    private static string? Refusal(string folder)
    {
        try
        {
            EmbeddedLog.Open(folder, Options).Dispose();
            return null;
        }
        catch (LogException e)
        {
            return e.Message;
        }
    }

    /// <summary>How many steps a log holds; fails where one is there by half.</summary>
    private static int Read(string folder)
    {
        using var log = EmbeddedLog.Open(folder, Options);
        var texts = log.Texts(Topics.Search, 0);
        Assert.Equal(LogTools.Numbers(texts.Length), texts);
        Assert.Equal(texts, log.Texts(Topics.Timeline, 0));
        return texts.Length;
    }

    private static void Append(EmbeddedLog log, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            log.Append(
                [LogTools.Record(Topics.Search, LogTools.Number(i), partition: 0), LogTools.Record(Topics.Timeline, LogTools.Number(i), partition: 0)]);
        }
    }

    // Opened several times: tables, and writes in a log.
    private string Closed()
    {
        var folder = NewFolder();
        for (var from = 0; from < Steps; from += 100)
        {
            using var log = EmbeddedLog.Open(folder, Options);
            Append(log, from, from + 100);
        }

        return folder;
    }

    // The files of a log in use, as a kill leaves them. A process that was killed has noted what was durable up to a second before.
    private (string Folder, int Durable) Killed()
    {
        var folder = NewFolder();
        using (var log = EmbeddedLog.Open(folder, Options)) Append(log, 0, 100);
        using var open = EmbeddedLog.Open(folder, Options with { WaitClock = new LeapingClock() });
        Append(open, 100, Steps);
        return (Copy(folder), 100);
    }

    private (string Folder, string What) Damaged(string whole, int seed)
    {
        var random = new Random(seed);
        var folder = Copy(whole);
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(f => new FileInfo(f).Length > 4).Order(StringComparer.Ordinal).ToList();
        var file = files[random.Next(files.Count)];
        var (name, damage) = Kinds[random.Next(Kinds.Length)];
        damage(file, random);
        return (folder, $"seed {seed}: {Path.GetFileName(file)}: {name}");
    }

    private static string WritesOf(string folder) => Directory.GetFiles(Path.Combine(folder, "db"), "*.log").MaxBy(f => new FileInfo(f).Length)!;

    private static void Change(string file, Action<byte[]> change) => Change(file, bytes =>
    {
        change(bytes);
        return bytes;
    });

    private static void Change(string file, Func<byte[], byte[]> change) => File.WriteAllBytes(file, change(File.ReadAllBytes(file)));

    private string NewFolder() => Path.Combine(root.FullName, Guid.NewGuid().ToString("N"));

    private string Copy(string folder)
    {
        var copy = NewFolder();
        CopyAll(folder, copy);
        return copy;
    }

    private static void CopyAll(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "LOCK"))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var copy = File.Create(target);
            source.CopyTo(copy);
        }
    }
}
