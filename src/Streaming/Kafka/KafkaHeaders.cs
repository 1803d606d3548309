using System.Collections;
using System.Text;
using Kafka = Confluent.Kafka;

namespace Tppo.Streaming;

/// <summary>Headers as they came from a broker, decoded when someone looks; passed on as they are.</summary>
internal sealed class KafkaHeaders(Kafka.Headers stored) : IReadOnlyList<Header>
{
    public int Count => stored.Count;

    internal Kafka.Headers Stored => stored;

    public Header this[int index] => new(stored[index].Key, Text(stored[index].GetValueBytes()));

    public IEnumerator<Header> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The value of the first header of this name.</summary>
    internal string? Find(string name)
    {
        for (var i = 0; i < stored.Count; i++)
        {
            if (stored[i].Key == name) return Text(stored[i].GetValueBytes());
        }

        return null;
    }

    /// <summary>The headers with more behind them.</summary>
    internal KafkaHeaders With(IEnumerable<Header> more)
    {
        var headers = new Kafka.Headers();
        for (var i = 0; i < stored.Count; i++) headers.Add((Kafka.Header)stored[i]);
        foreach (var header in more) headers.Add(header.Name, Encoding.UTF8.GetBytes(header.Value));
        return new KafkaHeaders(headers);
    }

    /// <summary>For the wire: <paramref name="headers"/> without those named <paramref name="except"/>.</summary>
    internal static Kafka.Headers ForWire(IReadOnlyList<Header> headers, string? except)
    {
        var wire = new Kafka.Headers();
        if (headers is KafkaHeaders known)
        {
            for (var i = 0; i < known.Count; i++)
            {
                if (known.Stored[i].Key != except) wire.Add((Kafka.Header)known.Stored[i]);
            }

            return wire;
        }

        foreach (var header in headers)
        {
            if (header.Name != except) wire.Add(header.Name, Encoding.UTF8.GetBytes(header.Value));
        }

        return wire;
    }

    private static string Text(byte[]? value) => value is null ? "" : Encoding.UTF8.GetString(value);
}
