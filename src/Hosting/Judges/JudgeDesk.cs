using System.Collections.Concurrent;
using System.Globalization;
using Tppo.Core.Judging;
using Tppo.Core.Judging.Reading;
using Tppo.Core.Settings;
using Tppo.Facts.Judgements;
using Tppo.Hosting.Instruments;

namespace Tppo.Hosting.Judges;

/// <summary>
/// Has judges answer questions, none of them twice: what stands on <c>judgements.v1</c> is read before it calls, calls run side by side,
/// and each answer is appended when it comes, before anybody is given it. Whoever dies in between buys again what was in flight, and no
/// more. An answer that cannot be used is a fact too, and is asked for again as often as the judge says. For one thread; calls run on
/// others.
/// </summary>
/// <param name="log">Where answers stand; whoever asks reads it on first.</param>
/// <param name="terms">On which terms it asks.</param>
public sealed class JudgeDesk(JudgementLog log, DeskTerms terms) : IDisposable
{
    private const int AnswersAnAppend = 256;
    private static readonly TimeSpan AnswerAwaitedFor = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan GraceAtTheEnd = TimeSpan.FromSeconds(2);
    private readonly Dictionary<string, PendingAnswer> open = [];
    private readonly ConcurrentQueue<Call> arrived = new();
    private readonly AutoResetEvent came = new(false); // set by calls that may end behind this desk: left to the collector
    private readonly Queue<Call> again = [];
    private readonly List<(Call Call, JudgeReply Reply)> given = [];
    private readonly CancellationTokenSource giveUp = new();
    private JudgeUsage taken;
    private int calls, inFlight;
    private string? told;

    /// <summary>Whether answers are awaited.</summary>
    public bool IsWaiting => inFlight > 0 || again.Count > 0 || given.Count > 0;

    /// <summary>Whether one more question may be asked now.</summary>
    public bool HasRoom => inFlight < terms.Parallel && again.Count == 0 && Closed() is null;

    /// <summary>Why nothing is asked at present; null: it is.</summary>
    public string? Closed()
    {
        var spent = SpentToday();
        if (terms.Budget.Left(spent) is { } left) JudgeInstruments.BudgetRemaining.WithLabels(terms.Purposes[0]).Set(left);

        // What is in flight will cost about what calls cost so far.
        var mean = calls == 0 ? 0 : (double)inFlight / calls;
        var coming = new JudgeUsage((int)(taken.PromptTokens * mean), (int)(taken.CompletionTokens * mean), taken.CostUsd * mean);
        var why = terms.Paused() is { } paused ? $"paused: {Core.Text.Printable.Short(paused)}" : terms.Budget.IsSpent(spent + coming) ? Spent(spent) : null;
        if (why != told) terms.Warn(why is null ? "judge: it is asked again" : $"judge: nothing is asked: {why}; nothing is lost");
        return told = why;
    }

    private static string Spent(JudgeUsage spent) => string.Create(
        CultureInfo.InvariantCulture,
        $"the day's budget is spent ({spent.Tokens:N0} tokens, {spent.CostUsd:F4} dollars): asked again from 00:00 UTC");

    /// <summary>What was spent today.</summary>
    public JudgeUsage SpentToday() => log.Spending.On(DateOnly.FromDateTime(terms.Clock.GetUtcNow().UtcDateTime), terms.Purposes);

    /// <summary>Puts a question; where its answer stands already, nobody is asked.</summary>
    /// <param name="judge">Whom to ask.</param>
    /// <param name="question">The question.</param>
    /// <param name="purpose">What it is asked for; one of <see cref="Core.Rollouts.Purposes"/>.</param>
    public PendingAnswer Ask(IJudge judge, Question question, string purpose)
    {
        var judgement = ContentHash.Of(judge, question.Input);
        if (open.TryGetValue(judgement, out var same)) return Cached(same);
        var standing = log.Find(judgement);
        if (standing?.IsFinal(judge.TriesMax) == true) return Cached(new PendingAnswer(standing));
        var pending = open[judgement] = new PendingAnswer();
        Start(new Call(judge, question, purpose, judgement, pending) { Attempt = standing is null ? 0 : standing.Attempt + 1 });
        return pending;
    }

    /// <summary>Takes what has come, or waits for something to come; what has come stands when this returns.</summary>
    /// <exception cref="Core.UserException">A judge can answer nobody.</exception>
    public void Settle(TimeSpan wait, CancellationToken cancellation)
    {
        try
        {
            while (again.Count > 0 && inFlight < terms.Parallel && Closed() is null) Start(again.Dequeue());
            if (inFlight > 0 && given.Count == 0 && arrived.IsEmpty)
            {
                WaitHandle.WaitAny([came, cancellation.WaitHandle], wait);
                cancellation.ThrowIfCancellationRequested();
            }

            // What is to be asked again waits for a day with a budget: nobody is kept busy with it.
            if (inFlight == 0 && given.Count == 0 && again.Count > 0) Wait(wait, cancellation);
            while (arrived.TryDequeue(out var next)) Arrive(next);
        }
        finally
        {
            // Whatever happens, what was paid for is kept.
            Flush();
            JudgeInstruments.Disagreements.IncTo(log.Disagreements);
        }
    }

    /// <summary>The answers to some questions, in their order.</summary>
    /// <param name="judge">Whom to ask.</param>
    /// <param name="questions">The questions.</param>
    /// <param name="purpose">What they are asked for.</param>
    /// <param name="cancellation">Stops between questions; what was answered by then stands.</param>
    public IReadOnlyList<StandingAnswer> AskAll(IJudge judge, IReadOnlyList<Question> questions, string purpose, CancellationToken cancellation)
    {
        var pending = new List<PendingAnswer>(questions.Count);
        try
        {
            foreach (var question in questions)
            {
                cancellation.ThrowIfCancellationRequested();
                while (!HasRoom)
                {
                    Settle(AnswerAwaitedFor, cancellation);
                    if (!IsWaiting && !HasRoom) Wait(AnswerAwaitedFor, cancellation);
                    cancellation.ThrowIfCancellationRequested();
                }

                pending.Add(Ask(judge, question, purpose));
            }

            while (IsWaiting)
            {
                Settle(AnswerAwaitedFor, cancellation);
                cancellation.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            Flush();
        }

        return [.. pending.Select(p => p.Answer!)];
    }

    /// <summary>Gives those who are answering a moment, keeps what they say, and gives the others up.</summary>
    public void Dispose()
    {
        var until = terms.Clock.GetTimestamp();
        try
        {
            again.Clear();
            while (inFlight > 0 && terms.Clock.GetElapsedTime(until) < GraceAtTheEnd)
            {
                if (arrived.TryDequeue(out var call)) Arrive(call, isEnd: true);
                else came.WaitOne(TimeSpan.FromMilliseconds(100));
            }
        }
        catch (Core.UserException)
        {
            // Told already by whoever ended for it.
        }
        finally
        {
            giveUp.Cancel();
            Flush();
        }
    }

    private static void Wait(TimeSpan wait, CancellationToken cancellation)
    {
        cancellation.WaitHandle.WaitOne(wait);
        cancellation.ThrowIfCancellationRequested();
    }

    private static PendingAnswer Cached(PendingAnswer answer)
    {
        JudgeInstruments.JudgeCacheHits.Inc();
        return answer;
    }

    private void Start(Call call)
    {
        var asked = call.Judge.AskAsync(call.Question.Input, call.Attempt, giveUp.Token);
        if (asked.IsCompletedSuccessfully)
        {
            // A judge in this process answers at once: nothing is in flight, and answers are appended by the batch.
            JudgeInstruments.JudgeRequests.WithLabels("embedded", "ok").Inc();
            Take(call, asked.Result);
            return;
        }

        inFlight++;
        call.Reply = asked.AsTask();
        call.Reply.ContinueWith(_ => Come(call), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void Come(Call call)
    {
        arrived.Enqueue(call);
        came.Set();
    }

    private void Arrive(Call call, bool isEnd = false)
    {
        inFlight--;
        if (call.Reply!.IsCanceled) return;
        var reply = call.Reply.GetAwaiter().GetResult();
        taken += reply.Usage;
        calls++;
        Tell(call.Judge, reply);
        Take(call, reply, isEnd);
    }

    private void Take(Call call, JudgeReply reply, bool isEnd = false)
    {
        given.Add((call, reply));
        if (given.Count >= AnswersAnAppend) Flush(isEnd);
    }

    // From here on they stand; then whoever asked is told, or the same is asked again.
    private void Flush(bool isEnd = false)
    {
        if (given.Count == 0) return;
        List<(Call Call, JudgeReply Reply)> batch = [.. given];
        given.Clear();
        log.Append([.. batch.Select(g => new GivenAnswer(
            g.Call.Judgement, g.Call.Attempt, g.Call.Question.Id, g.Call.Question.User, g.Call.Purpose, g.Call.Judge.Model, g.Call.Judge.Template, g.Reply))]);
        foreach (var (call, _) in batch)
        {
            var standing = log.Find(call.Judgement)!;
            if (standing.IsFinal(call.Judge.TriesMax))
            {
                call.Pending.Answer = standing;
                open.Remove(call.Judgement);
            }
            else if (!isEnd)
            {
                again.Enqueue(new Call(call.Judge, call.Question, call.Purpose, call.Judgement, call.Pending) { Attempt = standing.Attempt + 1 });
            }
        }
    }

    private static void Tell(IJudge judge, JudgeReply reply)
    {
        JudgeInstruments.JudgeTokens.WithLabels(judge.Model, "sent").Inc(reply.Usage.PromptTokens);
        JudgeInstruments.JudgeTokens.WithLabels(judge.Model, "received").Inc(reply.Usage.CompletionTokens);
        JudgeInstruments.JudgeCost.WithLabels(judge.Model).Inc(reply.Usage.CostUsd);
        JudgeInstruments.JudgeDuration.WithLabels(judge.Model).Observe(reply.Latency.TotalSeconds);
        if (reply.Reading.Outcome == ReadingOutcome.Reject) JudgeInstruments.Rejected.WithLabels(OneName.Of(reply.Reading.Reason)).Inc();
        else JudgeInstruments.Coverage.Set(reply.Reading.CoverageRatio);
    }

    private sealed record Call(IJudge Judge, Question Question, string Purpose, string Judgement, PendingAnswer Pending)
    {
        public int Attempt { get; init; }

        public Task<JudgeReply>? Reply { get; set; }
    }
}
