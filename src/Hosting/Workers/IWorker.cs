namespace Tppo.Hosting.Workers;

/// <summary>
/// One thread's job: takes facts in, leaves facts behind. Its position lives on the log alone, so that it may be killed at
/// any moment and goes on where its last step ended.
/// </summary>
public interface IWorker : IDisposable
{
    /// <summary>Its name, for logs and health.</summary>
    string Name { get; }

    /// <summary>
    /// Does a piece of what there is to do; false where there is nothing: all inputs read to their heads, nothing pending.
    /// Always called on the same thread.
    /// </summary>
    bool Work(CancellationToken cancellation);
}
