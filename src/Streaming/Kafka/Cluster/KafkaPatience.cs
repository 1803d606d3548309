using Tppo.Streaming.Log;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Cluster;

/// <summary>
/// Calls that a broker may not answer at once: tried again while it restarts, elects or still finishes a transaction, for a
/// bounded time; then, or where we are not let in, one line says so.
/// </summary>
/// <param name="options">For how long, by which clock, and whom.</param>
/// <param name="heard">What clients were told of meanwhile.</param>
/// <param name="revive">Called now and then while nobody answers: replaces clients that ask nobody any more.</param>
internal sealed class KafkaPatience(KafkaOptions options, HeardErrors heard, Action revive)
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan GoneAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReviveEvery = TimeSpan.FromSeconds(5);

    private bool reached;

    // Who starts may have been given a wrong address; who has been at work for long waits for a broker that will come back.
    private TimeSpan Most => reached || options.Patience < options.ReachPatience ? options.Patience : options.ReachPatience;

    /// <summary>From here on the cluster is known to be there.</summary>
    internal void Reached() => reached = true;

    /// <summary>The result of a call.</summary>
    /// <param name="what">What is asked for, in a few words.</param>
    /// <param name="call">Asks.</param>
    /// <param name="stuck">Told now and then for how long there was no answer.</param>
    internal T Try<T>(string what, Func<T> call, Action<TimeSpan>? stuck = null)
    {
        var started = options.Clock.GetTimestamp();
        var revived = started;
        long? unknownSince = null;
        while (true)
        {
            try
            {
                return call();
            }
            catch (Driver.KafkaException e) when (MayPass(e.Error))
            {
                unknownSince = e is UnknownTopicException ? unknownSince ?? options.Clock.GetTimestamp() : null;
                if (e is UnknownTopicException gone) RequireNotGone(gone, options.Clock.GetElapsedTime(unknownSince!.Value));
                RequireTime(what, options.Clock.GetElapsedTime(started), e);
                options.Clock.Pause(AskAgainAfter);
                if (options.Clock.GetElapsedTime(revived) < ReviveEvery) continue;
                revive();
                stuck?.Invoke(options.Clock.GetElapsedTime(started));
                revived = options.Clock.GetTimestamp();
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

    /// <summary>Looks until what is looked for is there, at first without a wait.</summary>
    internal void Until(string what, TimeSpan lookEvery, Func<bool> look)
    {
        for (var waited = TimeSpan.Zero; !look(); waited += lookEvery)
        {
            RequireTime(what, waited);
            options.Clock.Pause(lookEvery);
        }
    }

    /// <summary>Fails where we were refused or have waited for long enough.</summary>
    /// <exception cref="OperationCanceledException">Somebody asked us to stop meanwhile.</exception>
    internal void RequireTime(string what, TimeSpan waited, Exception? cause = null)
    {
        if (heard.Refusal is { } reason) throw new LogException($"{options.BootstrapServers}: not let in: {reason}", cause!);
        options.Stopping.ThrowIfCancellationRequested();
        if (waited <= Most) return;
        var why = cause is null ? "" : $": {HeardErrors.Plain(cause.Message)}";
        var last = heard.Last.Length == 0 ? "" : $"; last heard: {heard.Last}";
        throw new LogException($"{options.BootstrapServers}: no answer for {Most.TotalSeconds:F0} s ({what}){why}{last}", cause!);
    }

    // A topic that is being made, or of a broker that has just come back, is unknown for a moment.
    private void RequireNotGone(UnknownTopicException gone, TimeSpan unknownFor)
    {
        if (unknownFor <= GoneAfter) return;
        throw new LogException(
            $"{options.BootstrapServers}: {gone.Topic}: there is no such topic any more: somebody deleted it; what stood on it is lost", gone);
    }

    /// <summary>Whether trying again may help.</summary>
    internal static bool MayPass(Driver.Error error) => !error.IsFatal && error.Code is
        Driver.ErrorCode.Local_Transport or Driver.ErrorCode.Local_TimedOut or Driver.ErrorCode.Local_TimedOutQueue
        or Driver.ErrorCode.Local_AllBrokersDown or Driver.ErrorCode.Local_Resolve or Driver.ErrorCode.Local_WaitCoord
        or Driver.ErrorCode.Local_MsgTimedOut or Driver.ErrorCode.Local_Retry or Driver.ErrorCode.Local_UnknownPartition
        or Driver.ErrorCode.Local_UnknownTopic or Driver.ErrorCode.Local_InProgress
        or Driver.ErrorCode.Local_NoEnt // Nobody leads a partition: its broker is away.
        or Driver.ErrorCode.LeaderNotAvailable or Driver.ErrorCode.NotLeaderForPartition or Driver.ErrorCode.UnknownTopicOrPart
        or Driver.ErrorCode.RequestTimedOut or Driver.ErrorCode.NetworkException or Driver.ErrorCode.BrokerNotAvailable
        or Driver.ErrorCode.ReplicaNotAvailable or Driver.ErrorCode.GroupLoadInProgress
        or Driver.ErrorCode.GroupCoordinatorNotAvailable or Driver.ErrorCode.NotCoordinatorForGroup
        or Driver.ErrorCode.UnstableOffsetCommit or Driver.ErrorCode.ConcurrentTransactions or Driver.ErrorCode.NotEnoughReplicas
        or Driver.ErrorCode.OffsetNotAvailable or Driver.ErrorCode.FencedLeaderEpoch or Driver.ErrorCode.UnknownLeaderEpoch;
}
