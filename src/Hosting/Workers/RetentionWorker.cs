namespace Tppo.Hosting.Workers;

/// <summary>Lets go, once an hour, of what the topic table no longer keeps.</summary>
/// <param name="context">What the host gives.</param>
/// <param name="clock">Tells the hours.</param>
public sealed class RetentionWorker(ServiceContext context, TimeProvider clock) : IWorker
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);
    private long? last;

    /// <inheritdoc/>
    public string Name => "retention";

    /// <inheritdoc/>
    public bool Work(CancellationToken cancellation)
    {
        if (last is { } then && clock.GetElapsedTime(then) < Every) return false;
        context.Log.EnforceRetention();
        last = clock.GetTimestamp();
        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
