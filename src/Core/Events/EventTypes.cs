namespace Tppo.Core.Events;

/// <summary>The four types by name, as they stand in JSON, topics and prompts.</summary>
public static class EventTypes
{
    /// <summary>All four, in canonical order.</summary>
    public static IReadOnlyList<EventType> All { get; } = [EventType.Search, EventType.Click, EventType.Purchase, EventType.Visit];

    /// <summary>The lower-case name: <c>search</c>, <c>click</c>, <c>purchase</c>, <c>visit</c>.</summary>
    public static string Name(this EventType type) => type switch
    {
        EventType.Search => "search",
        EventType.Click => "click",
        EventType.Purchase => "purchase",
        EventType.Visit => "visit",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>Whether the name is one of the four.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out EventType type)
    {
        (type, var known) = name switch
        {
            "search" => (EventType.Search, true),
            "click" => (EventType.Click, true),
            "purchase" => (EventType.Purchase, true),
            "visit" => (EventType.Visit, true),
            _ => (default, false),
        };
        return known;
    }
}
