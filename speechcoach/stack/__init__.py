"""The production stack without containers: the processes of ``docker-compose.yml`` on one machine.

``topology.py`` says what runs, ``local.py`` where on this machine, ``process.py`` keeps one process
alive, ``supervisor.py`` all of them, and ``balancer.py`` puts the web processes behind one address.
``probe.py`` is how a container says that it is well.
"""
