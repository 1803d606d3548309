namespace Tppo.Core.Events;

/// <summary>
/// An event's place in the canonical order. Of one user's events: time, then search before click before purchase before
/// visit, then id. Across users: time, type, user, id.
/// </summary>
public readonly record struct EventOrder(DateTime Time, EventType Type, string User, string Id) : IComparable<EventOrder>
{
    /// <summary>The place of an event.</summary>
    public static EventOrder Of(UserEvent e) => new(e.Time, e.Type, e.User, e.Id);

    /// <inheritdoc/>
    public int CompareTo(EventOrder other)
    {
        var byTime = Time.CompareTo(other.Time);
        if (byTime != 0) return byTime;
        var byType = ((byte)Type).CompareTo((byte)other.Type);
        if (byType != 0) return byType;
        var byUser = string.CompareOrdinal(User, other.User);
        return byUser != 0 ? byUser : string.CompareOrdinal(Id, other.Id);
    }

    /// <summary>Earlier in the order.</summary>
    public static bool operator <(EventOrder a, EventOrder b) => a.CompareTo(b) < 0;

    /// <summary>Later in the order.</summary>
    public static bool operator >(EventOrder a, EventOrder b) => a.CompareTo(b) > 0;

    /// <summary>Not later in the order.</summary>
    public static bool operator <=(EventOrder a, EventOrder b) => a.CompareTo(b) <= 0;

    /// <summary>Not earlier in the order.</summary>
    public static bool operator >=(EventOrder a, EventOrder b) => a.CompareTo(b) >= 0;
}
