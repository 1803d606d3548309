using System.Text.Json;
using Tppo.Core.Log;
using Tppo.Facts;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Hosting.Workers;

/// <summary>
/// Tells the other processes on a log who works here and at which commit count nothing was left to do, and hears the same of
/// them: a process that runs until idle ends only when all who are there are idle at one count, for then nobody has anything
/// to do and nobody can get anything to do. For one thread.
/// </summary>
/// <remarks>
/// Who was killed is forgotten when it has been silent for a while, or is back under its name; who is about to start is waited
/// for as long. Both are long enough for machines and brokers with more to do than they can.
/// </remarks>
/// <param name="log">The log.</param>
/// <param name="process">This process's name among those on the log, e.g. <c>labeler-0</c>.</param>
/// <param name="clock">Tells how long ago something was said.</param>
public sealed class Presence(IEventLog log, string process, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TellChangesEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);
    private readonly TopicTail tail = TopicTail.AtEnd(log, Topics.Presence);
    private readonly Dictionary<string, (State State, DateTimeOffset At)> others = [];
    private readonly long started = clock.GetTimestamp();
    private readonly string life = Guid.NewGuid().ToString("N");
    private DateTimeOffset newest;
    private (long At, long? IdleAt)? told;

    /// <summary>Who is not idle yet, as of the last <see cref="AllAreIdle"/>.</summary>
    public IReadOnlyList<string> Busy { get; private set; } = [];

    /// <summary>Says whether there is something to do here; seldom more often than others need to hear it.</summary>
    /// <param name="idleAt">The commit count at which nothing was left to do; null: busy.</param>
    public void Tell(long? idleAt)
    {
        if (told is { } last && clock.GetElapsedTime(last.At) < (last.IdleAt == idleAt ? TellEvery : TellChangesEvery)) return;
        Write(new State(1, process, life, idleAt, Left: false));
        told = (clock.GetTimestamp(), idleAt);
    }

    /// <summary>Whether everybody who is there, this process too, has said that nothing is left to do at this count.</summary>
    public bool AllAreIdle(long commits)
    {
        Refresh();
        Busy = [.. others.Values.Where(o => o.State.IdleAt != commits).Select(o => o.State.Process).Order(StringComparer.Ordinal)];
        return Busy.Count == 0 && told?.IdleAt == commits && clock.GetElapsedTime(started) >= Grace;
    }

    /// <summary>Says that nobody need wait for this process.</summary>
    public void Dispose() => Write(new State(1, process, life, null, Left: true));

    private void Refresh()
    {
        foreach (var record in tail.Read())
        {
            newest = record.Timestamp;
            if (Read(record) is not { } state || state.Process == process) continue;
            if (!state.Left) others[state.Process] = (state, record.Timestamp);
            else if (others.TryGetValue(state.Process, out var known) && known.State.Life == state.Life) others.Remove(state.Process);
        }

        // Our own words come back with the broker's time, which is the others' time too.
        foreach (var (other, _) in others.Where(o => newest - o.Value.At > ForgetAfter).ToList()) others.Remove(other);
    }

    // What others write here says who is busy, and no more: what cannot be read is nobody.
    private static State? Read(LogRecord record)
    {
        try
        {
            return JsonSerializer.Deserialize<State>(record.Value.Span) is { Process: not null, Life: not null } state ? state : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Write(State state) => log.Append([new OutgoingRecord
    {
        Topic = Topics.Presence,
        Key = process,
        Partition = 0,
        Value = JsonSerializer.SerializeToUtf8Bytes(state),
        Headers = CloudEvent.Headers($"{process}/{life}", "tppo/presence", "tppo.presence.v1", "", CloudEvent.Json),
    }]);

    private sealed record State(int Version, string Process, string Life, long? IdleAt, bool Left);
}
