using System.Diagnostics;

namespace Tppo.Streaming;

/// <summary>
/// Whose a static member's name is. A member whose broker was away for about its session's length may be fenced by its own
/// attempt to join again, of which the library then knows nothing: nobody speaks for that one, and the group forgets it. Whoever
/// still stands under the name after that has taken it.
/// </summary>
internal sealed class MemberName(KafkaLog log, string group, string instance)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Request = TimeSpan.FromSeconds(5);
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
        var asked = Stopwatch.GetTimestamp();
        if (Holder() is not { } now)
        {
            log.Options.Observer.Notice($"{instance}: fenced, but nobody else is there ({LostBy}): joins again");
            (LostBy, holder) = (null, null);
            return true;
        }

        // A broker that was away counts the sessions of those whom it remembers anew.
        if (now != holder || Stopwatch.GetElapsedTime(asked) > Grace) (holder, heldSince) = (now, Stopwatch.GetTimestamp());
        return Stopwatch.GetElapsedTime(heldSince) <= log.Options.SessionTimeout + Grace
            ? false
            : throw new MemberFencedException($"member '{instance}' has been replaced by another of that name: {LostBy}");
    }

    /// <summary>Whether another than this member of the group stands under it.</summary>
    internal bool IsHeldByOtherThan(string memberId) => Holder() is { } holder && holder != memberId;

    // Brokers name a static member by its instance and a UUID. The library's newer call, which tells of instances, asks a coordinator
    // that it may hold for present long after that has restarted, and brings the process down when it hears of it in the end.
    private string? Holder()
    {
        var found = log.Patience.Try("the group", () => log.Clients.Admin.ListGroup(group, Request));
        return found?.Members.Select(m => m.MemberId).FirstOrDefault(id =>
            id.StartsWith(instance, StringComparison.Ordinal) && id.Length > instance.Length && id[instance.Length] == '-' && Guid.TryParse(id.AsSpan(instance.Length + 1), out _));
    }
}
