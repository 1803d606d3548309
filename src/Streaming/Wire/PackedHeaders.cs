using System.Collections;
using Tppo.Streaming.Log;

namespace Tppo.Streaming.Wire;

/// <summary>Headers as they are stored, decoded when someone looks: most readers want one or two of eight.</summary>
internal sealed class PackedHeaders(ReadOnlyMemory<byte> packed, int count) : IFindableHeaders
{
    private Header[]? decoded;

    public int Count => count;

    internal ReadOnlySpan<byte> Bytes => packed.Span;

    public Header this[int index] => Decoded()[index];

    public IEnumerator<Header> GetEnumerator() => Decoded().AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public string? Find(string name)
    {
        var code = HeaderCodes.CodeOfName(name);
        var reader = new ByteReader(packed.Span);
        for (var i = 0; i < count; i++)
        {
            var found = reader.Byte();
            var same = found == HeaderCodes.WrittenOut ? reader.TextEquals(name) : found == code;
            var valueCode = reader.Byte();
            if (!same && valueCode == HeaderCodes.WrittenOut) reader.Skip();
            if (same) return valueCode == HeaderCodes.WrittenOut ? reader.Text() : HeaderCodes.Value(valueCode);
        }

        return null;
    }

    private Header[] Decoded()
    {
        if (decoded is not null) return decoded;
        var headers = new Header[count];
        var reader = new ByteReader(packed.Span);
        for (var i = 0; i < count; i++)
        {
            var nameCode = reader.Byte();
            var name = nameCode == HeaderCodes.WrittenOut ? reader.Text() : HeaderCodes.Name(nameCode);
            var valueCode = reader.Byte();
            headers[i] = new Header(name, valueCode == HeaderCodes.WrittenOut ? reader.Text() : HeaderCodes.Value(valueCode));
        }

        return decoded = headers;
    }
}
