namespace Tppo.TestKit;

/// <summary>Assertions of the contract. The kit carries no test framework, so that any test project can run it.</summary>
internal static class Check
{
    internal static void Equal<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual)) throw new ContractBrokenException($"{what}: expected {expected}, found {actual}");
    }

    internal static void Sequence<T>(IEnumerable<T> expected, IEnumerable<T> actual, string what)
    {
        string left = Show(expected), right = Show(actual);
        if (left != right) throw new ContractBrokenException($"{what}: expected [{left}], found [{right}]");
    }

    internal static void True(bool holds, string what)
    {
        if (!holds) throw new ContractBrokenException(what);
    }

    internal static TException Throws<TException>(Action action, string what)
        where TException : Exception
    {
        try
        {
            action();
        }
        catch (TException e)
        {
            return e;
        }

        throw new ContractBrokenException($"{what}: expected {typeof(TException).Name}, nothing was thrown");
    }

    private static string Show<T>(IEnumerable<T> items) => string.Join(", ", items);
}
