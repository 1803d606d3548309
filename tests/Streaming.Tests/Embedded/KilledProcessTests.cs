using System.Diagnostics;
using System.Globalization;
using Tppo.Core.Log;
using Tppo.Streaming.Embedded;
using Tppo.Streaming.Log;
using Tppo.TestKit;

namespace Tppo.Streaming.Tests;

/// <summary>A real process is killed with SIGKILL in the middle of its steps.</summary>
public sealed class KilledProcessTests : IDisposable
{
    private static readonly EmbeddedOptions Options = new() { Partitions = 1 };

    private readonly EmbeddedLogFactory factory = new();

    public void Dispose() => factory.Dispose();

    [Trait(Suite.Trait, Suite.Long)]
    [Fact]
    public void What_a_killed_process_had_committed_is_there_whole_and_its_lock_is_gone()
    {
        for (var life = 1; life <= 3; life++)
        {
            var acknowledged = RunAndKill(lines: 15 * life);
            using var log = EmbeddedLog.Open(factory.Folder, Options);
            using var consumer = log.Join("copier", "parent", [Topics.Search]);
            var copied = consumer.State.Copied(0);
            Assert.True(copied >= acknowledged, $"acknowledged {acknowledged}, found {copied}");
            Assert.Equal(LogTools.Numbers(copied), log.Texts(Topics.Timeline, 0));
            consumer.Copy(Topics.Search, Topics.Timeline);
            Assert.Equal(log.Texts(Topics.Search, 0), log.Texts(Topics.Timeline, 0));
        }
    }

    [Fact]
    public void The_folder_of_a_living_process_can_be_read_and_not_written()
    {
        using var child = Start();
        try
        {
            var acknowledged = ReadLines(child, 10);
            var refused = Assert.Throws<LogInUseException>(() => EmbeddedLog.Open(factory.Folder, Options));
            Assert.Contains($"process {child.Id}", refused.Message, StringComparison.Ordinal);
            using var look = EmbeddedLog.OpenReadOnly(factory.Folder);
            Assert.True(look.Texts(Topics.Timeline, 0).Length >= acknowledged);
        }
        finally
        {
            Kill(child);
        }
    }

    private int RunAndKill(int lines)
    {
        using var child = Start();
        try
        {
            return ReadLines(child, lines);
        }
        finally
        {
            Kill(child);
        }
    }

    private Process Start() => Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Tppo.LogChild.dll"), factory.Folder])
    {
        RedirectStandardOutput = true,
    })!;

    private static int ReadLines(Process child, int lines)
    {
        var last = "0";
        for (var i = 0; i < lines; i++)
            last = child.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the child has ended by itself");
        return int.Parse(last, CultureInfo.InvariantCulture);
    }

    private static void Kill(Process child)
    {
        child.Kill();
        child.WaitForExit();
    }
}
