using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Native;

/// <summary>
/// Calls of librdkafka that its .NET client does not offer: records by the batch, and headers without an object each. Clients
/// are made and closed by that client; here they only read and write. Names and layouts are those of <c>rdkafka.h</c>.
/// </summary>
internal static unsafe partial class RdKafka
{
    internal const int EndOfPartition = -191;
    internal const int Fatal = -150;
    internal const int QueueFull = -184;
    private const string Library = "librdkafka";

    static RdKafka() =>
        NativeLibrary.SetDllImportResolver(typeof(RdKafka).Assembly, static (name, _, _) => name == Library ? KafkaLibrary.OfThePackage() : IntPtr.Zero);

    /// <summary>The native client of a managed one, to be held while it is used.</summary>
    internal static SafeHandle Of(Driver.IClient client) => (SafeHandle)Native(client.Handle);

    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_get_consumer")]
    internal static partial nint ConsumerQueue(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_destroy")]
    internal static partial void Destroy(nint queue);

    [LibraryImport(Library, EntryPoint = "rd_kafka_consume_batch_queue")]
    internal static partial nint Consume(nint queue, int timeoutMs, Message** messages, nint count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_message_destroy")]
    internal static partial void Destroy(Message* message);

    [LibraryImport(Library, EntryPoint = "rd_kafka_message_timestamp")]
    [SuppressGCTransition]
    internal static partial long Timestamp(Message* message, out int type);

    [LibraryImport(Library, EntryPoint = "rd_kafka_message_headers")]
    [SuppressGCTransition]
    internal static partial int Headers(Message* message, out nint headers);

    [LibraryImport(Library, EntryPoint = "rd_kafka_header_get_all")]
    [SuppressGCTransition]
    internal static partial int Header(nint headers, nint index, out byte* name, out byte* value, out nint length);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_name")]
    internal static partial byte* TopicName(nint topic);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_new", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint Topic(nint client, string name, nint configuration);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_destroy")]
    internal static partial void DestroyTopic(nint topic);

    [LibraryImport(Library, EntryPoint = "rd_kafka_produceva")]
    internal static partial nint Produce(nint client, Argument* arguments, nint count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_error_code")]
    internal static partial int Code(nint error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_error_string")]
    internal static partial byte* Text(nint error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_error_destroy")]
    internal static partial void DestroyError(nint error);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_LibrdkafkaHandle")]
    [return: UnsafeAccessorType("Confluent.Kafka.Impl.SafeKafkaHandle, Confluent.Kafka")]
    private static extern object Native(Driver.Handle handle);

    /// <summary><c>rd_kafka_message_t</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Message
    {
        internal int Error;
        internal nint Topic;
        internal int Partition;
        internal byte* Payload;
        internal nint Length;
        internal byte* Key;
        internal nint KeyLength;
        internal long Offset;
        internal nint Private;
    }

    /// <summary><c>rd_kafka_vu_t</c>: one argument of a produce call, a kind and what belongs to it.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 72)]
    internal struct Argument
    {
        private const int TopicKind = 2, PartitionKind = 3, ValueKind = 4, KeyKind = 5, FlagsKind = 7, HeaderKind = 9;
        private const int CopyFlag = 2;

        [FieldOffset(0)]
        private int kind;
        [FieldOffset(8)]
        private nint first;
        [FieldOffset(16)]
        private nint second;
        [FieldOffset(24)]
        private nint third;

        internal static Argument ToTopic(nint topic) => new() { kind = TopicKind, first = topic };

        internal static Argument ToPartition(int partition) => new() { kind = PartitionKind, first = partition };

        internal static Argument Value(byte* bytes, int length) => new() { kind = ValueKind, first = (nint)bytes, second = length };

        internal static Argument Key(byte* bytes, int length) => new() { kind = KeyKind, first = (nint)bytes, second = length };

        /// <summary>The library takes copies of key and value.</summary>
        internal static Argument Copied() => new() { kind = FlagsKind, first = CopyFlag };

        internal static Argument Header(byte* name, byte* value, int length) =>
            new() { kind = HeaderKind, first = (nint)name, second = (nint)value, third = length };
    }
}
