using Tppo.Streaming.Kafka.Cluster;
using Tppo.Streaming.Log;

namespace Tppo.Streaming.Kafka.Membership;

/// <summary>
/// Whose a static member's name is. A member whose broker was away for about its session's length may be fenced by its own
/// attempt to join again, of which the library then knows nothing: nobody speaks for that one, and the group forgets it. Whoever
/// still stands under the name after that has taken it.
/// </summary>
/// <param name="instance">The name.</param>
/// <param name="ask">Asks who stands under it: a member's id, or null.</param>
/// <param name="options">How long a session lasts, by which clock.</param>
internal sealed class MemberName(string instance, Func<string?> ask, KafkaOptions options)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    private string? holder;
    private long heldSince;

    /// <summary>Why it is no longer ours to use; null: it is.</summary>
    internal string? LostBy { get; private set; }

    /// <summary>Notes that it is no longer ours to use.</summary>
    internal void Lose(string why) => LostBy ??= why;

    /// <summary>True once nobody stands under it: it may be joined with again. False: ask later.</summary>
    /// <exception cref="MemberFencedException">Another has it.</exception>
    internal bool IsFreeAgain()
    {
        var asked = options.Clock.GetTimestamp();
        if (ask() is not { } now)
        {
            options.Observer.Notice($"{instance}: fenced, but nobody else is there ({LostBy}): joins again");
            (LostBy, holder) = (null, null);
            return true;
        }

        // A broker that was away counts the sessions of those whom it remembers anew.
        if (now != holder || options.Clock.GetElapsedTime(asked) > Grace) (holder, heldSince) = (now, options.Clock.GetTimestamp());
        return options.Clock.GetElapsedTime(heldSince) <= options.SessionTimeout + Grace
            ? false
            : throw new MemberFencedException($"member '{instance}' has been replaced by another of that name: {LostBy}");
    }

    /// <summary>Whether another than this member of the group stands under it.</summary>
    internal bool IsHeldByOtherThan(string memberId) => ask() is { } holder && holder != memberId;

    /// <summary>Which of a group's member ids is a static member's of this name; null: none. Brokers make it of the name and a UUID.</summary>
    internal static string? Among(IEnumerable<string> memberIds, string instance) => memberIds.FirstOrDefault(id =>
        id.StartsWith(instance, StringComparison.Ordinal) && id.Length > instance.Length && id[instance.Length] == '-'
        && Guid.TryParse(id.AsSpan(instance.Length + 1), out _));
}
