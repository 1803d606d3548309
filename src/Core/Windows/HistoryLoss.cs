namespace Tppo.Core.Windows;

/// <summary>What the bounds on a user's state took away when an event was taken in.</summary>
[Flags]
public enum HistoryLoss
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The event's text was longer than a history keeps, and was cut.</summary>
    Text = 1,

    /// <summary>The event's URL was longer than a history keeps, and was left out.</summary>
    Url = 2,

    /// <summary>Older events went before N would have let them go, because the history had too many bytes.</summary>
    Events = 4,

    /// <summary>All that was known of the user: nothing had been seen of them for longer than a state lives.</summary>
    State = 8,
}
