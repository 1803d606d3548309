using System.Collections;
using Tppo.Streaming.Log;

namespace Tppo.Streaming.Wire;

/// <summary>Stored headers with more behind them: a record that is passed on is written without decoding what it carried.</summary>
internal sealed class ExtendedHeaders(PackedHeaders packed, Header[] more) : IFindableHeaders
{
    public int Count => packed.Count + more.Length;

    internal PackedHeaders Packed => packed;

    internal ReadOnlySpan<Header> More => more;

    public Header this[int index] => index < packed.Count ? packed[index] : more[index - packed.Count];

    public string? Find(string name) => packed.Find(name) ?? Array.Find(more, h => h.Name == name)?.Value;

    public IEnumerator<Header> GetEnumerator() => packed.Concat(more).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
