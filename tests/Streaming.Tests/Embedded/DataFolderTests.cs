using System.Globalization;
using Tppo.Core.Log;
using Tppo.Streaming.Embedded;
using Tppo.Streaming.Log;
using Tppo.TestKit;

namespace Tppo.Streaming.Tests;

public sealed class DataFolderTests : IDisposable
{
    private readonly EmbeddedLogFactory factory = new();

    public void Dispose() => factory.Dispose();

    [Fact]
    public void Another_format_version_is_refused_in_one_line_that_names_both()
    {
        factory.Open(new LogSetup()).Dispose();
        var format = Path.Combine(factory.Folder, "FORMAT");
        File.WriteAllText(format, File.ReadAllText(format).Replace("version 1", "version 2", StringComparison.Ordinal));
        foreach (var open in new Action[] { () => factory.Open(new LogSetup()), () => EmbeddedLog.OpenReadOnly(factory.Folder) })
        {
            var refused = Assert.Throws<DataFolderException>(open);
            Assert.Contains("expected version 1, found version 2", refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', refused.Message);
        }

        File.WriteAllText(format, File.ReadAllText(format).Replace("version 2", "version 1", StringComparison.Ordinal));
        factory.Open(new LogSetup()).Dispose();
    }

    [Fact]
    public void Another_number_of_partitions_is_refused()
    {
        factory.Open(new LogSetup { Partitions = 4 }).Dispose();
        Assert.Contains(
            "expected 8 partitions, found 4",
            Assert.Throws<DataFolderException>(() => factory.Open(new LogSetup { Partitions = 8 })).Message, StringComparison.Ordinal);
        using var readOnly = EmbeddedLog.OpenReadOnly(factory.Folder);
        Assert.Equal(4, readOnly.Partitions(Topics.Search));
    }

    [Fact]
    public void A_folder_in_use_is_refused_with_the_owners_process_id()
    {
        using var owner = factory.Open(new LogSetup());
        var refused = Assert.Throws<LogInUseException>(() => factory.Open(new LogSetup()));
        Assert.Contains(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void A_stale_owner_hinders_nobody()
    {
        factory.Open(new LogSetup()).Dispose();
        File.WriteAllText(Path.Combine(factory.Folder, "OWNER"), "1\n");
        factory.Open(new LogSetup()).Dispose();
    }

    [Fact]
    public void A_folder_in_use_can_be_read_as_of_the_moment_of_opening()
    {
        using var owner = factory.Open(new LogSetup());
        owner.AppendNumbers(Topics.Search, 0, 100);
        using var consumer = owner.Join("copier", "a", [Topics.Search]);
        consumer.Copy(Topics.Search, Topics.Timeline);
        using var look = EmbeddedLog.OpenReadOnly(factory.Folder);
        owner.AppendNumbers(Topics.Search, 0, 100, first: 100);
        Assert.Equal(LogTools.Numbers(100), look.Texts(Topics.Search, 0));
        Assert.Equal(LogTools.Numbers(100), look.Texts(Topics.Timeline, 0));
        Assert.Equal(100, look.Committed("copier")[new TopicPartition(Topics.Search, 0)]);
        Assert.Throws<InvalidOperationException>(() => look.AppendNumbers(Topics.Search, 0, 1));
        Assert.Throws<InvalidOperationException>(() => look.Join("g", "a", [Topics.Search]));
        Assert.Throws<InvalidOperationException>(look.EnforceRetention);
        Assert.Equal(200, owner.Texts(Topics.Search, 0).Length);
    }

    [Fact]
    public void A_folder_without_a_log_cannot_be_read() =>
        Assert.Contains("FORMAT", Assert.Throws<DataFolderException>(() => EmbeddedLog.OpenReadOnly(factory.Folder)).Message, StringComparison.Ordinal);

    [Fact]
    public void Files_that_are_replaced_while_they_are_opened_are_looked_for_again()
    {
        factory.Open(new LogSetup()).Dispose();
        var path = Path.Combine(factory.Folder, "db");
        var current = Path.Combine(path, "CURRENT");
        File.Move(current, current + ".away");
        var clock = new LeapingClock { Meanwhile = waits => { if (waits == 3) File.Move(current + ".away", current); } };
        Database.OpenReadOnly(path, 0, clock).Dispose();
        Assert.Equal([20, 40, 60], clock.Waits.Select(w => w.TotalMilliseconds));
    }

    [Fact]
    public void A_database_that_cannot_be_read_is_one_line_after_five_looks()
    {
        var path = Path.Combine(factory.Folder, "db");
        var clock = new LeapingClock();
        var error = Assert.Throws<LogException>(() => Database.OpenReadOnly(path, 0, clock));
        Assert.StartsWith($"{path}: cannot be read: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal([20, 40, 60, 80], clock.Waits.Select(w => w.TotalMilliseconds));
    }

    [Fact]
    public void A_database_without_its_format_file_is_refused()
    {
        factory.Open(new LogSetup()).Dispose();
        File.Delete(Path.Combine(factory.Folder, "FORMAT"));
        Assert.Throws<DataFolderException>(() => factory.Open(new LogSetup()));
    }

    [Fact]
    public void Use_after_closing_is_refused_and_closing_twice_is_not()
    {
        var log = factory.Open(new LogSetup());
        log.AppendNumbers(Topics.Search, 0, 2000);
        var consumer = log.Join("g", "a", [Topics.Search]);
        consumer.Poll(1, TimeSpan.Zero, TestContext.Current.CancellationToken);
        using var reading = log.Read(new TopicPartition(Topics.Search, 0), 0).GetEnumerator();
        Assert.True(reading.MoveNext());
        log.Dispose();
        log.Dispose();
        Assert.Throws<ObjectDisposedException>(() => log.AppendNumbers(Topics.Search, 0, 1));
        Assert.Throws<ObjectDisposedException>(() => consumer.Poll(1, TimeSpan.Zero, TestContext.Current.CancellationToken));
        Assert.Throws<ObjectDisposedException>(() => { while (reading.MoveNext()) { } });
        consumer.Dispose();
    }

    [Fact]
    public void Closing_wakes_who_waits_for_records()
    {
        var log = factory.Open(new LogSetup());
        using var consumer = log.Join("g", "a", [Topics.Search]);
        var closer = new Thread(log.Dispose);
        closer.Start();
        Assert.Throws<ObjectDisposedException>(() => consumer.Poll(1, Timeout.InfiniteTimeSpan, TestContext.Current.CancellationToken));
        closer.Join();
    }
}
