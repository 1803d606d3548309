namespace Tppo.Streaming.Log;

/// <summary>Headers that tell one of them without decoding the others: most readers want one or two of eight.</summary>
internal interface IFindableHeaders : IReadOnlyList<Header>
{
    /// <summary>The value of the first header of this name, or null.</summary>
    string? Find(string name);
}
