using System.Diagnostics;
using Kafka = Confluent.Kafka;

namespace Tppo.Streaming;

/// <summary>
/// Calls that a broker may not answer at once: tried again while it restarts, elects or still finishes a transaction, for a
/// bounded time; then, or where we are not let in, one line says so.
/// </summary>
internal sealed class KafkaPatience(KafkaOptions options, KafkaClients clients)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ReviveEvery = TimeSpan.FromSeconds(5);

    /// <summary>The result of a call.</summary>
    /// <param name="what">What is asked for, in a few words.</param>
    /// <param name="call">Asks.</param>
    /// <param name="stuck">Told now and then for how long there was no answer.</param>
    internal T Try<T>(string what, Func<T> call, Action<TimeSpan>? stuck = null)
    {
        var started = Stopwatch.GetTimestamp();
        var revived = started;
        while (true)
        {
            try
            {
                return call();
            }
            catch (Kafka.KafkaException e) when (MayPass(e.Error))
            {
                RequireTime(what, Stopwatch.GetElapsedTime(started), e);
                Thread.Sleep(Pause);
                if (Stopwatch.GetElapsedTime(revived) < ReviveEvery) continue;
                clients.ReviveAdmin();
                stuck?.Invoke(Stopwatch.GetElapsedTime(started));
                revived = Stopwatch.GetTimestamp();
            }
        }
    }

    /// <summary>The result of an asynchronous call; workers own their threads and are synchronous.</summary>
    internal T Get<T>(string what, Func<Task<T>> call) => Try(what, () => call().GetAwaiter().GetResult());

    /// <summary>Waits for a call.</summary>
    internal void Wait(string what, Func<Task> call) => Try(what, () =>
    {
        call().GetAwaiter().GetResult();
        return true;
    });

    /// <summary>Fails where we were refused or have waited for long enough.</summary>
    internal void RequireTime(string what, TimeSpan waited, Exception? cause = null)
    {
        if (clients.Refusal is { } reason) throw new LogException($"{options.BootstrapServers}: not let in: {reason}", cause!);
        if (waited <= options.Patience) return;
        var heard = clients.Heard.Length == 0 ? "" : $"; last heard: {clients.Heard}";
        throw new LogException($"{options.BootstrapServers}: no answer for {options.Patience.TotalSeconds:F0} s ({what}){(cause is null ? "" : $": {KafkaClients.Plain(cause.Message)}")}{heard}", cause!);
    }

    /// <summary>Whether trying again may help.</summary>
    internal static bool MayPass(Kafka.Error error) => !error.IsFatal && error.Code is
        Kafka.ErrorCode.Local_Transport or Kafka.ErrorCode.Local_TimedOut or Kafka.ErrorCode.Local_TimedOutQueue or Kafka.ErrorCode.Local_AllBrokersDown
        or Kafka.ErrorCode.Local_Resolve or Kafka.ErrorCode.Local_WaitCoord or Kafka.ErrorCode.Local_MsgTimedOut or Kafka.ErrorCode.Local_Retry
        or Kafka.ErrorCode.Local_UnknownPartition or Kafka.ErrorCode.Local_UnknownTopic
        or Kafka.ErrorCode.LeaderNotAvailable or Kafka.ErrorCode.NotLeaderForPartition or Kafka.ErrorCode.UnknownTopicOrPart
        or Kafka.ErrorCode.RequestTimedOut or Kafka.ErrorCode.NetworkException or Kafka.ErrorCode.BrokerNotAvailable or Kafka.ErrorCode.ReplicaNotAvailable
        or Kafka.ErrorCode.GroupLoadInProgress or Kafka.ErrorCode.GroupCoordinatorNotAvailable or Kafka.ErrorCode.NotCoordinatorForGroup
        or Kafka.ErrorCode.UnstableOffsetCommit or Kafka.ErrorCode.ConcurrentTransactions or Kafka.ErrorCode.NotEnoughReplicas or Kafka.ErrorCode.Local_InProgress
        or Kafka.ErrorCode.Local_NoEnt // Nobody leads a partition: its broker is away.
        or Kafka.ErrorCode.OffsetNotAvailable or Kafka.ErrorCode.FencedLeaderEpoch or Kafka.ErrorCode.UnknownLeaderEpoch;
}
