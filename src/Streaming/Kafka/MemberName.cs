using System.Diagnostics;
using Kafka = Confluent.Kafka;

namespace Tppo.Streaming;

/// <summary>
/// Whose a static member's name is. A member whose broker was away for about its session's length may be fenced by its own
/// attempt to join again, of which the library then knows nothing: nobody speaks for that one, and the group forgets it. Whoever
/// still stands under the name after that has taken it.
/// </summary>
internal sealed class MemberName(KafkaLog log, string group, string instance)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    private long lostAt;

    /// <summary>Why it is no longer ours to use; null: it is.</summary>
    internal string? LostBy { get; private set; }

    /// <summary>Notes that it is no longer ours to use.</summary>
    internal void Lose(string why)
    {
        if (LostBy is not null) return;
        LostBy = why;
        lostAt = Stopwatch.GetTimestamp();
    }

    /// <summary>True once nobody stands under it: it may be joined with again. False: ask later.</summary>
    /// <exception cref="MemberFencedException">Another has it.</exception>
    internal bool IsFreeAgain()
    {
        if (Holder() is null)
        {
            log.Options.Observer.Notice($"{instance}: fenced, but nobody else is there ({LostBy}): joins again");
            LostBy = null;
            return true;
        }

        return Stopwatch.GetElapsedTime(lostAt) <= log.Options.SessionTimeout + Grace
            ? false
            : throw new MemberFencedException($"member '{instance}' has been replaced by another of that name: {LostBy}");
    }

    /// <summary>Whether another than this member of the group stands under it.</summary>
    internal bool IsHeldByOtherThan(string memberId) => Holder() is { } holder && holder.ConsumerId != memberId;

    private Kafka.Admin.MemberDescription? Holder() => log.Patience.Get("the group", DescribeAsync).Members.Find(m => m.GroupInstanceId == instance);

    private async Task<Kafka.Admin.ConsumerGroupDescription> DescribeAsync()
    {
        try
        {
            return (await log.Clients.Admin.DescribeConsumerGroupsAsync([group]).ConfigureAwait(false)).ConsumerGroupDescriptions[0];
        }
        catch (Kafka.Admin.DescribeConsumerGroupsException e)
        {
            throw new Kafka.KafkaException(e.Results.ConsumerGroupDescriptions[0].Error, e);
        }
    }
}
