using Tppo.Streaming.Log;
using Tppo.Streaming.Wire;

namespace Tppo.Streaming.Records;

/// <summary>Headers of a record that is passed on.</summary>
public static class HeaderList
{
    /// <summary>The headers with more behind them; stored ones stay as they are stored.</summary>
    public static IReadOnlyList<Header> Extend(IReadOnlyList<Header> headers, params Header[] more) =>
        headers switch
        {
            PackedHeaders packed => new ExtendedHeaders(packed, more),
            _ => [.. headers, .. more],
        };
}
