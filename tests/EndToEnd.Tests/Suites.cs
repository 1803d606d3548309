using Tppo.TestKit;

// Each of them runs whole demos, in processes of their own.
[assembly: Trait(Suite.Trait, Suite.Long)]
