namespace Tppo.TestKit;

/// <summary>
/// What every backend of the event log must keep. A test project runs it with a theory over <see cref="Names"/>:
/// <code>
/// public static TheoryData&lt;string&gt; Cases => new(EventLogContract.Names(features));
/// [Theory, MemberData(nameof(Cases))]
/// public void The_contract_holds(string name) { using var factory = …; EventLogContract.Run(name, factory); }
/// </code>
/// </summary>
public static class EventLogContract
{
    public static IReadOnlyList<ContractCase> Cases { get; } =
        [
            .. AppendCases.All, .. ReadCases.All, .. StepCases.All, .. StateCases.All, .. FaultCases.All, .. GroupCases.All,
            .. PollCases.All, .. WaitCases.All, .. RetentionCases.All,
        ];

    /// <summary>The cases that a factory with these features can run.</summary>
    public static IEnumerable<string> Names(LogFeatures features) =>
        Cases.Where(c => (c.Needs & ~features) == 0).Select(c => c.Name);

    public static void Run(string name, ILogFactory factory) => Cases.Single(c => c.Name == name).Run(factory);
}
