using System.Reflection;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Tests.Rules;

/// <summary>A consumer that gives what a test says and notes what it was assigned; whatever else is called of it fails.</summary>
public class PlayedConsumer : DispatchProxy
{
    private Func<Driver.ConsumeResult<string?, byte[]?>?> next = () => null;

    /// <summary>The offsets at which it was to begin, in order; "none" where an assignment was taken back.</summary>
    public List<string> Assigned { get; } = [];

    public bool IsDisposed { get; private set; }

    public static (Driver.IConsumer<string?, byte[]?> Consumer, PlayedConsumer Played) Of(Func<Driver.ConsumeResult<string?, byte[]?>?> next)
    {
        var consumer = Create<Driver.IConsumer<string?, byte[]?>, PlayedConsumer>();
        var played = (PlayedConsumer)(object)consumer;
        played.next = next;
        return (consumer, played);
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        switch (targetMethod?.Name, args)
        {
            case ("Assign", [Driver.TopicPartitionOffset start]):
                Assigned.Add(start.Offset.ToString());
                return null;
            case ("Unassign", _):
                Assigned.Add("none");
                return null;
            case ("Consume", [TimeSpan]):
                return next();
            case ("Dispose", _):
                IsDisposed = true;
                return null;
            default:
                throw new NotSupportedException(targetMethod?.Name);
        }
    }
}
