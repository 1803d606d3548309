using Tppo.Core.Events;
using Tppo.Core.Log;

namespace Tppo.Ingest;

/// <summary>Which topic holds which type of event.</summary>
public static class EventTopics
{
    /// <summary>The four topics in the order of the types.</summary>
    public static IReadOnlyList<string> All { get; } = [Topics.Search, Topics.Click, Topics.Purchase, Topics.Visit];

    /// <summary>The topic of a type.</summary>
    public static string Of(EventType type) => All[(int)type];
}
