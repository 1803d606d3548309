using System.Runtime.InteropServices;
using System.Text;
using Tppo.Core.Log;
using Tppo.Streaming.Log;
using Tppo.Streaming.Wire;

namespace Tppo.Streaming.Kafka.Native;

/// <summary>Makes records of what librdkafka holds: one array each for headers and payload, headers packed as the embedded log packs them.</summary>
internal sealed unsafe class NativeRecord : IDisposable
{
    private const int HeadersMax = 64;
    private const int CodedLengthMax = 40;
    private readonly ByteWriter writer = new();
    private readonly KeyCache keys = new();

    // Records of a topic carry the same names in the same order: what stood at this place last time is looked at first.
    private readonly (byte[] Utf8, byte Code)[] names = new (byte[], byte)[HeadersMax];

    /// <summary>A record that was read; what the message points to may go afterwards.</summary>
    internal LogRecord Read(TopicPartition partition, RdKafka.Message* message)
    {
        writer.Clear(bytesKept: 1 << 20);
        var headers = Pack(message);
        var (packed, length) = (writer.Length, (int)message->Length);
        var stored = GC.AllocateUninitializedArray<byte>(packed + length);
        writer.Written(0, packed).CopyTo(stored);
        new ReadOnlySpan<byte>(message->Payload, length).CopyTo(stored.AsSpan(packed));
        return new LogRecord
        {
            Topic = partition.Topic,
            Partition = partition.Partition,
            Offset = message->Offset,
            Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(RdKafka.Timestamp(message, out _)),
            Key = message->Key is null ? null : keys.Text(new ReadOnlySpan<byte>(message->Key, (int)message->KeyLength)),
            Headers = headers == 0 ? [] : new PackedHeaders(stored.AsMemory(0, packed), headers),
            Value = stored.AsMemory(packed),
        };
    }

    public void Dispose() => writer.Dispose();

    private int Pack(RdKafka.Message* message)
    {
        if (RdKafka.Headers(message, out var headers) != 0) return 0;
        var count = 0;
        for (; RdKafka.Header(headers, count, out var name, out var value, out var length) == 0; count++)
        {
            WriteName(count, MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name));
            WriteValue(new ReadOnlySpan<byte>(value, (int)length));
        }

        return count;
    }

    private void WriteName(int place, ReadOnlySpan<byte> utf8)
    {
        if (place < HeadersMax)
        {
            ref var last = ref names[place];
            if (last.Utf8 is null || !utf8.SequenceEqual(last.Utf8)) last = (utf8.ToArray(), HeaderCodes.CodeOfName(Encoding.UTF8.GetString(utf8)));
            Write(last.Code, utf8);
        }
        else
        {
            Write(HeaderCodes.CodeOfName(Encoding.UTF8.GetString(utf8)), utf8);
        }
    }

    private void WriteValue(ReadOnlySpan<byte> utf8)
    {
        Span<char> text = stackalloc char[CodedLengthMax];
        var coded = utf8.Length <= CodedLengthMax && Ascii.ToUtf16(utf8, text, out var length) == System.Buffers.OperationStatus.Done;
        Write(coded ? HeaderCodes.CodeOfValue(text[..utf8.Length]) : HeaderCodes.WrittenOut, utf8);
    }

    private void Write(byte code, ReadOnlySpan<byte> utf8)
    {
        writer.Byte(code);
        if (code != HeaderCodes.WrittenOut) return;
        writer.Number(utf8.Length);
        writer.Bytes(utf8);
    }
}
