namespace Tppo.Ingest;

/// <summary>What names may be, so that nobody's state or key grows without bound.</summary>
internal static class EventLimits
{
    /// <summary>Longest event id, in characters.</summary>
    public const int IdCharactersMax = 256;

    /// <summary>Longest user, in characters.</summary>
    public const int UserCharactersMax = 256;

    /// <summary>What is wrong with an event's id; empty where nothing is.</summary>
    public static string IdFault(string? id) =>
        string.IsNullOrEmpty(id) ? "expected an id, found none"
        : id.Length > IdCharactersMax ? $"expected an id of at most {IdCharactersMax} characters, found {id.Length}"
        : "";

    /// <summary>What is wrong with a user past the edge; empty where nothing is. Names that begin with a zero character are the windower's own.</summary>
    public static string UserFault(string? user) =>
        string.IsNullOrEmpty(user) ? "expected a user as key, found none"
        : user.Length > UserCharactersMax ? $"expected a user of at most {UserCharactersMax} characters, found {user.Length}"
        : user[0] == '\0' ? "expected a user, found a zero character"
        : "";
}
