using Spectre.Console;
using Tppo.Hosting.Progress;
using Tppo.Learning.Native;

namespace Tppo.Cli.Demo;

/// <summary>
/// Shows stages while they run: a live table on a terminal; elsewhere a line when a stage ends, and now and then how far
/// the running ones are.
/// </summary>
internal sealed class ProgressView : IDisposable
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(5);
    private readonly StageBoard board;
    private readonly bool verbose;
    private readonly HashSet<string> told = [];
    private readonly ManualResetEventSlim stop = new();
    private readonly Thread thread;
    private readonly TimeProvider clock;
    private long lastLine;

    public ProgressView(StageBoard board, bool verbose, TimeProvider clock)
    {
        (this.board, this.verbose, this.clock, lastLine) = (board, verbose, clock, clock.GetTimestamp());
        thread = new Thread(AnsiConsole.Profile.Out.IsTerminal && !verbose ? Live : Lines) { Name = "progress", IsBackground = true };
        thread.Start();
    }

    public void Dispose()
    {
        stop.Set();
        thread.Join();
        stop.Dispose();
    }

    private static string Rate(StageSnapshot s)
    {
        var perSecond = s.Count / Math.Max(1e-3, s.Elapsed.TotalSeconds);
        return s.Unit switch
        {
            StageUnit.Events => $"{perSecond:N0} events/s",
            StageUnit.Tokens => $"{perSecond:N0} tokens/s",
            _ => "",
        };
    }

    private void Live() => AnsiConsole.Live(View()).Start(live =>
    {
        while (!stop.Wait(Refresh)) live.UpdateTarget(View());
        live.UpdateTarget(View());
    });

    private Table View()
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("stage", "", "time", "rate", "");
        foreach (var s in board.Snapshot())
        {
            var bar = s.Total > 0 ? $"{s.Done / s.Total,4:P0}" : "";
            table.AddRow(
                new Markup(s.Running ? $"[bold]{Markup.Escape(s.Name)}[/]" : $"[green]{Markup.Escape(s.Name)}[/]"),
                new Text(bar), new Text($"{s.Elapsed.TotalSeconds:F1} s"), new Text(Rate(s)), new Text(s.Text));
        }

        return table;
    }

    private void Lines()
    {
        while (!stop.Wait(Refresh)) TellEnded();
        TellEnded();
    }

    private void TellEnded()
    {
        var stages = board.Snapshot();
        foreach (var s in stages.Where(s => !s.Running && s.Done > 0 && told.Add(s.Name + s.Text))) Tell("done", s);
        if (clock.GetElapsedTime(lastLine) < LineEvery) return;
        foreach (var s in stages.Where(s => s.Running)) Tell(s.Total > 0 ? $"{s.Done / s.Total:P0}" : "…", s);
    }

    private void Tell(string state, StageSnapshot s)
    {
        lastLine = clock.GetTimestamp();
        var tensors = verbose
            ? $"  {TorchRuntime.LiveTensors} tensors, {Environment.WorkingSet / 1e6:F0} MB, "
                + $"{GC.GetGCMemoryInfo().TotalCommittedBytes / 1e6:F0} of it managed"
            : "";
        Console.WriteLine($"{state,5}  {s.Name,-22} {s.Elapsed.TotalSeconds,6:F1} s  {Rate(s),18}  {s.Text}{tensors}");
    }
}
