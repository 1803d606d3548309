namespace Tppo.Core.Events;

/// <summary>What a person did. The order is the canonical one at equal times.</summary>
public enum EventType : byte
{
    /// <summary>Typed a query.</summary>
    Search,

    /// <summary>Clicked a result.</summary>
    Click,

    /// <summary>Bought an item.</summary>
    Purchase,

    /// <summary>Visited a page.</summary>
    Visit,
}
